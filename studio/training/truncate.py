"""Rows over the longest length: what they lose, so that what is left is still an answer to a question."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import takewhile

from studio.models.chat_template import IGNORED, TokenRow


@dataclass(frozen=True)
class Truncated:
    """A row that fits, and what it lost: the beginning of its prompt's text, the end of what the assistant says."""

    row: TokenRow
    prompt: bool
    answer: bool


def truncate(row: TokenRow, text: range, longest: int) -> Truncated | None:
    """Shorten a row from its end: a question that stays whole teaches more than an answer that does.

    An answer without its end has no end-of-turn token to learn, so the model does not learn to stop in mid-sentence.
    Only where less than a quarter of `longest` is left for the first answer does the prompt lose the beginning of its
    text; headers, and a system prompt before them, stay.

    Args:
        row: `input_ids` and `labels`, with labels in it.
        text: where the text lies that the first answer follows.
        longest: tokens a row may have.

    Returns:
        None where a quarter of the text and a quarter of the answer, or all of a shorter one, do not fit.
    """
    tokens, labels = row["input_ids"], row["labels"]
    begin = len(list(takewhile(lambda label: label == IGNORED, labels)))
    answer = len(list(takewhile(lambda label: label != IGNORED, labels[begin:])))
    least = longest // 4
    over = max(0, begin + min(answer, least) - longest)
    if over > max(0, len(text) - least):
        return None
    tokens = (tokens[: text.start] + tokens[text.start + over :])[:longest]
    kept = (labels[: text.start] + labels[text.start + over :])[:longest]
    while kept[-1] == IGNORED:  # a question whose answer is cut off
        tokens, kept = tokens[:-1], kept[:-1]
    return Truncated({"input_ids": tokens, "labels": kept}, over > 0, _learned(kept) < _learned(labels))


def _learned(labels: list[int]) -> int:
    return sum(label != IGNORED for label in labels)
