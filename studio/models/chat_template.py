"""Conversations as tokens: the same template where a model learns and where it answers."""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import lru_cache
from itertools import takewhile

from jinja2 import TemplateError
from transformers import PreTrainedTokenizerBase

from studio.core.records import Message
from studio.core.text import Text
from studio.models.conversation_template import end_of_turn

IGNORED = -100
TokenRow = dict[str, list[int]]
"""`input_ids` and `labels`, of one length."""


def prompt_ids(tokenizer: PreTrainedTokenizerBase, messages: Sequence[Message]) -> list[int]:
    """Return the token ids of a conversation up to where the assistant begins to speak."""
    return _ids(tokenizer, messages, prompt=True)


def training_row(tokenizer: PreTrainedTokenizerBase, messages: Sequence[Message]) -> TokenRow | None:
    """Return `input_ids` and `labels` of a conversation; labels are -100 outside the assistant's turns.

    Each assistant turn's span is found by rendering the conversation up to it with the generation prompt, which is
    exactly what serving does: the first label is the first token the model will have to generate, and the last is
    the end-of-turn token, at which serving stops. What the template puts after it (a newline) is not learned. An
    assistant that speaks before anybody else answers nothing, and is not learned either.

    Returns:
        None where the template refuses the conversation, or renders it so that no turn's span is certain: one whose
        turns have no end teaches a model to talk on for ever.
    """
    turns = _trimmed(messages)
    try:
        whole = _ids(tokenizer, turns, prompt=False)
        labels = [IGNORED] * len(whole)
        for index, turn in enumerate(turns):
            if turn.role != "assistant" or index == 0:
                continue
            span = _answer(tokenizer, turns, index, whole)
            if span is None:
                return None
            labels[span.start : span.stop] = whole[span.start : span.stop]
    except TemplateError:  # templates raise it themselves: no system role, roles that do not alternate
        return None
    return {"input_ids": whole, "labels": labels}


def refusal(tokenizer: PreTrainedTokenizerBase, messages: Sequence[Message]) -> Text:
    """Return why a conversation gives no training row."""
    try:
        _ids(tokenizer, _trimmed(messages), prompt=False)
    except TemplateError as error:
        return Text(f"the chat template refuses it: {error}", f"对话模板不接受这段对话：{error}")
    if end_id(tokenizer) is None:
        return Text(
            "the chat template writes no end of turn behind an answer, so that the model would not learn to stop",
            "对话模板没有在回答后写出结束符，模型学不会停止",
        )
    return Text(
        "the chat template shows the conversation otherwise than it would when the model is asked, so that it is not "
        "certain where the answer begins or ends",
        "对话模板的渲染结果与实际提问时不一致，无法确定回答的起止位置",
    )


def prompt_text(tokenizer: PreTrainedTokenizerBase, messages: Sequence[Message]) -> range:
    """Return where, in a training row, the text lies that its first learned answer follows, without its header."""
    turns = _trimmed(messages)
    first = next(index for index, turn in enumerate(turns) if turn.role == "assistant" and index)
    return _text(tokenizer, turns[:first], first - 1, prompt=True)


def _trimmed(messages: Sequence[Message]) -> list[Message]:
    """Return the turns with answers that begin with a word: a newline there melts into the header's last token."""
    return [
        turn.model_copy(update={"content": turn.content.lstrip()}) if turn.role == "assistant" else turn
        for turn in messages
    ]


def _answer(
    tokenizer: PreTrainedTokenizerBase, turns: Sequence[Message], index: int, whole: Sequence[int]
) -> range | None:
    """Return where an assistant's turn lies in the whole conversation, None where that is not certain."""
    prompt = _ids(tokenizer, turns[:index], prompt=True)
    if whole[: len(prompt)] != prompt:
        return None
    said = whole if index + 1 == len(turns) else _ids(tokenizer, turns[: index + 1], prompt=False)
    begin, end = len(prompt), len(said)
    eos = end_id(tokenizer)
    if eos is None:
        return None
    if whole[:end] == said:
        after = list(takewhile(lambda token: token != eos, reversed(said[begin:])))
        return range(begin, end - len(after)) if len(after) < end - begin else None
    # Some templates show a turn otherwise when it is the last (Qwen3 adds an empty thought); its end-of-turn token
    # is then the first one, if it stands before the next turn's text.
    following = _text(tokenizer, turns, index + 1, prompt=False).start
    return range(begin, whole.index(eos, begin) + 1) if eos in whole[begin:following] else None


def end_id(tokenizer: PreTrainedTokenizerBase) -> int | None:
    """Return the token that a tokenizer's chat template writes behind an answer; None where it writes none."""
    held = tokenizer.chat_template
    template = held.get("default", "") if isinstance(held, dict) else held
    return _end_id(tokenizer, template) if template else None


@lru_cache(maxsize=4)
def _end_id(tokenizer: PreTrainedTokenizerBase, template: str) -> int | None:
    controls = {token.content: id for id, token in tokenizer.added_tokens_decoder.items()}
    return controls.get(end_of_turn(template, tokenizer.special_tokens_map, controls))


def _text(tokenizer: PreTrainedTokenizerBase, turns: Sequence[Message], index: int, prompt: bool) -> range:
    """Return where a turn's text lies in a rendered conversation: what changes when the text does."""
    content = "x" if turns[index].content[:1] != "x" else "y"
    changed = [turn if turn is not turns[index] else turn.model_copy(update={"content": content}) for turn in turns]
    one, other = _ids(tokenizer, turns, prompt), _ids(tokenizer, changed, prompt)
    begin = _alike(one, other)
    return range(begin, len(one) - _alike(one[begin:][::-1], other[begin:][::-1]))


def _alike(one: Sequence[int], other: Sequence[int]) -> int:
    """Return how many tokens two rows have in common from their beginning."""
    return sum(1 for _ in takewhile(lambda pair: pair[0] == pair[1], zip(one, other, strict=False)))


@lru_cache(maxsize=2)
def _control(tokenizer: PreTrainedTokenizerBase) -> re.Pattern[str]:
    """Return what finds the texts that a tokenizer takes for control tokens.

    Only the template may say them: a question or a passage that could would end its turn and speak as the system.
    """
    marked = {token.content for token in tokenizer.added_tokens_decoder.values() if token.special}
    # the longest first; of one character there is nothing to take apart
    texts = sorted((text for text in {*marked, *tokenizer.all_special_tokens} if len(text) > 1), key=len, reverse=True)
    return re.compile("|".join(map(re.escape, texts)) or r"(?!)")


def _apart(found: re.Match[str]) -> str:
    """Return a control token's text with a space in it, which a reader passes over and the tokenizer does not."""
    return f"{found[0][0]} {found[0][1:]}"


def _ids(tokenizer: PreTrainedTokenizerBase, messages: Sequence[Message], prompt: bool) -> list[int]:
    control = _control(tokenizer)
    turns = [{"role": message.role, "content": control.sub(_apart, message.content)} for message in messages]
    encoded = tokenizer.apply_chat_template(turns, add_generation_prompt=prompt, tokenize=True, return_dict=True)
    return [int(token) for token in encoded["input_ids"]]
