"""What the checks share: the piece of a row that a finding is about, and what becomes of it."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from itertools import pairwise

from studio.core.text import Text
from studio.data.checks.base import Finding, holds
from studio.data.records.base import Row
from studio.data.records.question import Question

_SHOWN = 160  # characters of a piece
_BEFORE = 40  # of them in front of what it is about

Write = Callable[[str], str]


def piece(text: str, place: int = 0) -> str:
    """Return the part of a text around a place, with an ellipsis where it was cut."""
    begin = max(0, place - _BEFORE) if len(text) > _SHOWN else 0
    cut = text[begin : begin + _SHOWN]
    return f"{'…' if begin else ''}{cut}{'…' if begin + _SHOWN < len(text) else ''}"


def matched(kind: Text, texts: Iterable[str], pattern: re.Pattern[str], signs: tuple[str, ...] = ()) -> Finding | None:
    """Return a finding of the first text in which a pattern stands.

    Args:
        signs: one of these stands in every text that the pattern may find.
    """
    for text in texts:
        found = pattern.search(text) if not signs or holds(text, signs) else None
        if found:
            return Finding(kind, piece(text, found.start()))
    return None


def rewritten(kind: Text, row: Row, write: Write, answers: bool = False) -> Finding | None:
    """Return a finding of what `write` changes in a row's texts, with the row put right.

    A text of which nothing would be left stays as it is, and so does its row.

    Args:
        answers: whether only what is taught as an answer is written anew.
    """
    texts = row.answers() if answers else tuple(row.texts())
    pairs = [(text, new) for text in texts if (new := write(text)) != text]
    if not pairs:
        return None
    text, new = pairs[0]
    place = next((at for at, (old, put) in enumerate(zip(text, new, strict=False)) if old != put), len(new))
    if any(text.strip() and not new.strip() for text, new in pairs):
        return Finding(kind, piece(text, place))
    fixed = row.reanswered(write) if answers else row.rewritten(write)
    return Finding(kind, piece(text, place), fixed, piece(new, place))


def explanations(row: Row) -> tuple[str, ...]:
    """Return what explains a question's answer: the explanation, and the reasoning in front of it."""
    if not isinstance(row, Question):
        return ()
    return tuple(text for text in (row.explanation, row.thought) if text)


def exchanges(row: Row) -> list[tuple[str, str]]:
    """Return each question with the answer that is taught for it; of a question with options, none."""
    if isinstance(row, Question):
        return [] if row.is_choice else [(row.stem, row.gold)]
    taught, turns = row.answers(), row.turns
    return [
        (asked.content, said.content)
        for asked, said in pairwise(turns)
        if asked.role == "user" and said.role == "assistant" and said.content in taught
    ]
