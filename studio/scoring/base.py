"""What a scorer is."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from studio.core.text import Text
from studio.data.records.question import Question


@dataclass(frozen=True)
class Response:
    """What a system gave for one question.

    Args:
        text: the answer as generated.
        likelihoods: for each option letter the summed log-probability of its text and its tokens, where measured.
        finish_reason: how the answer ended: `stop`, `length` (the token limit) or `error` (the prompt did not fit).
    """

    text: str
    likelihoods: Mapping[str, tuple[float, int]] | None = None
    finish_reason: str = "stop"


@dataclass(frozen=True)
class Mark:
    """How one answer was marked.

    Args:
        score: 0 or 1 for a scorer of right and wrong, else in [0, 1].
        read: the answer as it was understood.
        rule: the rule by which it was.
        flags: things to be counted beside the score; each becomes a metric of its own (`unread`).
        details: figures worth keeping for this one answer.
    """

    score: float
    read: str = ""
    rule: str = ""
    flags: Mapping[str, bool] = field(default_factory=dict)
    details: Mapping[str, object] = field(default_factory=dict)


@dataclass(frozen=True)
class Scorer:
    """A way of marking.

    Args:
        title: what a reader calls the figure.
        help: how it is made, in a sentence.
        applies: whether a question can be marked so.
        mark: the mark, or None where this system gave nothing to mark (no likelihoods over HTTP).
        rank: its place among the columns; the first that marks an answer says whether it is correct, if binary.
        binary: right or wrong (shares, Wilson, McNemar) or a figure between 0 and 1 (means, bootstrap).
        beside: what must stand beside every figure, such as the tokenizer's name.
    """

    title: Text
    help: Text
    applies: Callable[[Question], bool]
    mark: Callable[[Question, Response], Mark | None]
    rank: int
    binary: bool = True
    beside: Mapping[str, str] = field(default_factory=dict)
