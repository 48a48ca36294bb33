"""A row as the model sees it: the templated text, token by token, with what is learned and what a longest length cuts.

What is shown goes through the functions that a training goes through, and no others.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass
from typing import Any, Literal

from transformers import PreTrainedTokenizerBase

from studio.core.text import Text
from studio.data.records.base import Row
from studio.models.chat_template import IGNORED, TokenRow, prompt_text, refusal, training_row
from studio.training.encoding import encode
from studio.training.lesson import LessonOptions, lesson
from studio.training.truncate import truncate

LEARNED, CUT, SPECIAL = 1, 2, 4
"""What a piece of a row is, as bits."""
MOST = 20_000
"""Tokens of a row that are shown; of a longer one as many of its beginning as of its end."""
_UNFINISHED = "\ufffd"
_LONGEST_CHARACTER = 8  # tokens

Fate = Literal["whole", "cut", "too_long", "no_answer", "refused"]


@dataclass(frozen=True)
class TokenView:
    """What becomes of a row.

    Args:
        fate: whether it is learned from, `whole` or `cut`, or is left out, and why.
        tokens: how many it has.
        learned: how many of them are learned, before anything is cut.
        kept: how many a training sees.
        kept_learned: how many of those are learned.
        lost_beginning: whether the prompt loses the beginning of its text.
        kept_order: whether its options were to be shuffled and could not be.
        why: why the template cannot show it, if it cannot.
        pieces: text, token ids and bits of each token; tokens that make one character together share a piece. One without
            ids stands for the middle of a very long row.
    """

    fate: Fate
    tokens: int = 0
    learned: int = 0
    kept: int = 0
    kept_learned: int = 0
    lost_beginning: bool = False
    kept_order: bool = False
    why: Text | None = None
    pieces: tuple[tuple[str, tuple[int, ...], int], ...] = ()

    def dump(self) -> dict[str, Any]:
        """Return it as JSON."""
        return {**asdict(self), "why": self.why.dump() if self.why else None}


def token_view(
    row: Row, tokenizer: PreTrainedTokenizerBase, max_length: int, options: LessonOptions, seed: int
) -> TokenView:
    """Return what a training with these options sees of a row."""
    taught = lesson(row, options, seed)
    whole = training_row(tokenizer, taught.turns)
    if whole is None:
        return TokenView("refused", kept_order=taught.kept_order, why=refusal(tokenizer, taught.turns))
    encoded = encode([row], tokenizer, max_length, options=options, seed=seed)
    fate: Fate = (
        "no_answer"
        if encoded.no_answer
        else "too_long"
        if encoded.too_long
        else "cut"
        if encoded.truncated
        else "whole"
    )
    kept = _kept(tokenizer, whole, taught.turns, max_length) if encoded.rows else set()
    learned = [place for place, label in enumerate(whole["labels"]) if label != IGNORED]
    # a row that is left out loses nothing: it is shown as it would have been
    shown = kept or set(range(len(whole["input_ids"])))
    return TokenView(
        fate,
        len(whole["input_ids"]),
        len(learned),
        len(kept),
        len(kept.intersection(learned)),
        encoded.beginnings > 0,
        taught.kept_order,
        None,
        tuple(_pieces(tokenizer, whole, shown)),
    )


def _kept(tokenizer: PreTrainedTokenizerBase, whole: TokenRow, turns: Sequence[Any], max_length: int) -> set[int]:
    """Return the places of the tokens that stay: the row is shortened with its places in the tokens' stead."""
    places = list(range(len(whole["input_ids"])))
    if len(places) <= max_length:
        return set(places)
    text = prompt_text(tokenizer, turns)
    short = truncate({"input_ids": places, "labels": whole["labels"]}, text, max_length)
    return set(short.row["input_ids"]) if short else set()


def _pieces(
    tokenizer: PreTrainedTokenizerBase, whole: TokenRow, kept: set[int]
) -> Iterator[tuple[str, tuple[int, ...], int]]:
    special = {
        *tokenizer.all_special_ids,
        *(id for id, token in tokenizer.added_tokens_decoder.items() if token.special),
    }
    ids, labels = whole["input_ids"], whole["labels"]
    gap = max(0, len(ids) - MOST)
    halves = [range(len(ids))] if not gap else [range(MOST // 2), range(len(ids) - MOST // 2, len(ids))]
    for half in halves:
        at = half.start
        if at:
            yield f" ⋯ +{gap:,} ⋯ ", (), 0
        for text, count in _texts(tokenizer, ids[half.start : half.stop]):
            bits = LEARNED * (labels[at] != IGNORED) | CUT * (at not in kept) | SPECIAL * (ids[at] in special)
            yield text, tuple(ids[at : at + count]), bits
            at += count


def _texts(tokenizer: PreTrainedTokenizerBase, ids: Sequence[int]) -> Iterator[tuple[str, int]]:
    """Yield the text of each token, and how many make it: those that make one character together are told once."""

    def decode(tokens: Sequence[int]) -> str:
        return str(tokenizer.decode(tokens, skip_special_tokens=False, clean_up_tokenization_spaces=False))

    before: Sequence[int] = []
    begin = 0
    for end in range(1, len(ids) + 1):
        known, text = decode(before), decode([*before, *ids[begin:end]])
        # some tokenizers drop the blank in front of the first token, so those before it are decoded as well
        new = text[len(known) :] if text.startswith(known) else decode(ids[begin:end])
        unfinished = new.endswith(_UNFINISHED) or not new
        if unfinished and end - begin < _LONGEST_CHARACTER and end < len(ids):
            continue
        yield new, end - begin
        before, begin = ids[begin:end], end
