"""Conversations as tokens: the same template where a model learns and where it answers."""

from __future__ import annotations

from collections.abc import Sequence

from transformers import PreTrainedTokenizerBase

from studio.core.records import Message

IGNORED = -100


def prompt_ids(tokenizer: PreTrainedTokenizerBase, messages: Sequence[Message]) -> list[int]:
    """Return the token ids of a conversation up to where the assistant begins to speak."""
    return _ids(tokenizer, messages, prompt=True)


def training_row(
    tokenizer: PreTrainedTokenizerBase, messages: Sequence[Message], max_length: int
) -> dict[str, list[int]]:
    """Return `input_ids` and `labels` of a conversation; labels are -100 outside the assistant's turns.

    Each assistant turn's span is found by rendering the conversation up to it with the generation prompt, which is
    exactly what serving does: the first label is the first token the model will have to generate, and the last is
    the end-of-turn token. What the template puts after it (a newline) is not learned. A row over `max_length` loses
    tokens from its beginning, so that the last answer stays whole as far as it fits.
    """
    turns = list(messages)
    whole = _ids(tokenizer, turns, prompt=False)
    labels = [IGNORED] * len(whole)
    for index, turn in enumerate(turns):
        if turn.role != "assistant":
            continue
        begin = len(_ids(tokenizer, turns[:index], prompt=True))
        end = len(_ids(tokenizer, turns[: index + 1], prompt=False))
        span = whole[begin:end]
        if tokenizer.eos_token_id in span:
            end = begin + len(span) - span[::-1].index(tokenizer.eos_token_id)
        labels[begin:end] = whole[begin:end]
    return {"input_ids": whole[-max_length:], "labels": labels[-max_length:]}


def _ids(tokenizer: PreTrainedTokenizerBase, messages: Sequence[Message], prompt: bool) -> list[int]:
    turns = [message.model_dump() for message in messages]
    encoded = tokenizer.apply_chat_template(turns, add_generation_prompt=prompt, tokenize=True, return_dict=True)
    return [int(token) for token in encoded["input_ids"]]
