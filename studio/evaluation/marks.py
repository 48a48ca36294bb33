"""Marking: every answer through every scorer that applies, and the figures of a contestant."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from studio.core.records import Question
from studio.evaluation.scorers import ranked
from studio.evaluation.scorers._scorer import Mark, Response, Scorer
from studio.evaluation.statistics import bootstrap, wilson

Figure = dict[str, float | int | str]


@dataclass(frozen=True)
class Column:
    """One metric of one contestant: the value of each question it was measured on, by question id.

    A flag counts something beside the scores (`unread`); it has no better and worse.
    """

    values: Mapping[str, float]
    binary: bool = True
    beside: Mapping[str, str] = field(default_factory=dict)
    flag: bool = False

    def figure(self, seed: int) -> Figure:
        """Return value, 95 % interval and n: Wilson's for a share, a bootstrap's for a mean."""
        numbers = list(self.values.values())
        value = sum(numbers) / len(numbers)
        interval = wilson(round(sum(numbers)), len(numbers)) if self.binary else bootstrap(numbers, seed)
        return {
            "value": round(value, 6),
            "low": round(interval.low, 6),
            "high": round(interval.high, 6),
            "n": len(numbers),
            **self.beside,
        }


@dataclass(frozen=True)
class Marked:
    """A contestant's marks, by scorer and question id."""

    marks: Mapping[str, Mapping[str, Mark]]

    def of(self, question: str) -> dict[str, Mark]:
        """Return the marks of one question by scorer."""
        return {scorer: marks[question] for scorer, marks in self.marks.items() if question in marks}


def mark_all(questions: Iterable[Question], responses: Mapping[str, Response]) -> Marked:
    """Mark the answers of one contestant; questions it was not asked are passed over."""
    asked = [question for question in questions if question.id in responses]
    marks: dict[str, dict[str, Mark]] = {}
    for name, scorer in ranked().items():
        marks[name] = {}
        for question in asked:
            mark = scorer.mark(question, responses[question.id]) if scorer.applies(question) else None
            if mark is not None:
                marks[name][question.id] = mark
    return Marked(marks)


def columns(marked: Marked, questions: Sequence[Question], smallest_group: int) -> dict[str, Column]:
    """Return every metric of a contestant by name, in the scorers' order: `named`, `named/taught`, ..., `unread`.

    A group in which fewer than `smallest_group` questions were measured gets no figure: its interval would span
    nearly everything.
    """
    groups = list(dict.fromkeys(question.group for question in questions if question.group))
    group_of = {question.id: question.group for question in questions}
    found: dict[str, Column] = {}
    flags: dict[str, dict[str, float]] = {}
    for name, scorer in ranked().items():
        values = {id: mark.score for id, mark in marked.marks.get(name, {}).items()}
        _put(found, name, values, scorer)
        for group in groups:
            own = {id: value for id, value in values.items() if group_of[id] == group}
            if len(own) >= smallest_group:
                _put(found, f"{name}/{group}", own, scorer)
        for id, mark in marked.marks.get(name, {}).items():
            for flag, raised in mark.flags.items():
                flags.setdefault(flag, {})[id] = float(raised)
    return found | {flag: Column(raised, flag=True) for flag, raised in flags.items()}


def _put(found: dict[str, Column], name: str, values: Mapping[str, float], scorer: Scorer) -> None:
    if values:
        found[name] = Column(values, scorer.binary, scorer.beside)
