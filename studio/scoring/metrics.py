"""Marking: every answer through every scorer that applies, and the figures of a system."""

from __future__ import annotations

import asyncio
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from studio.data.records.question import Question
from studio.scoring.base import Mark, Marker, Response, Scorer
from studio.scoring.flags import FLAGS
from studio.scoring.statistics import bootstrap, wilson

Figure = dict[str, float | int | str]


@dataclass(frozen=True)
class Metric:
    """One metric of one system: the value of each question it was measured on, by question id.

    A flag counts something beside the scores (`unread`, `cut`); it has no better and worse.
    """

    values: Mapping[str, float]
    binary: bool = True
    beside: Mapping[str, str] = field(default_factory=dict)
    flag: bool = False

    @property
    def value(self) -> float:
        """The mean."""
        return sum(self.values.values()) / len(self.values)

    def figure(self, seed: int) -> Figure:
        """Return value, 95 % interval and n: Wilson's for a share, a bootstrap's for a mean."""
        numbers = list(self.values.values())
        interval = wilson(round(sum(numbers)), len(numbers)) if self.binary else bootstrap(numbers, seed)
        return {
            "value": round(self.value, 6),
            "low": round(interval.low, 6),
            "high": round(interval.high, 6),
            "n": len(numbers),
            **self.beside,
        }


@dataclass(frozen=True)
class MarkedAnswers:
    """A system's marks, by scorer and question id, and the ends of its answers, by flag and question id."""

    marks: Mapping[str, Mapping[str, Mark]]
    ends: Mapping[str, Mapping[str, bool]] = field(default_factory=dict)

    def of(self, question: str) -> dict[str, Mark]:
        """Return the marks of one question by scorer."""
        return {scorer: marks[question] for scorer, marks in self.marks.items() if question in marks}


async def mark_all(
    questions: Iterable[Question], responses: Mapping[str, Response], markers: Mapping[str, Marker]
) -> MarkedAnswers:
    """Mark the answers of one system; questions it was not asked are passed over."""
    asked = [question for question in questions if question.id in responses]
    marks: dict[str, dict[str, Mark]] = {}
    for name, marker in markers.items():
        found = await asyncio.gather(*(marker.mark(question, responses[question.id]) for question in asked))
        marks[name] = {question.id: mark for question, mark in zip(asked, found, strict=True) if mark is not None}
    ends = {
        name: {question.id: responses[question.id].finish_reason == flag.finish_reason for question in asked}
        for name, flag in FLAGS.items()
        if flag.finish_reason
    }
    return MarkedAnswers(marks, ends)


def by_metric(
    marked: MarkedAnswers, questions: Sequence[Question], smallest_group: int, markers: Mapping[str, Marker]
) -> dict[str, Metric]:
    """Return every metric of a system by name, in the scorers' order: `named`, `named/taught`, ..., `unread`, `cut`.

    A group in which fewer than `smallest_group` questions were measured gets no figure: its interval would span
    nearly everything.
    """
    groups = list(dict.fromkeys(question.group for question in questions if question.group))
    group_of = {question.id: question.group for question in questions}
    found: dict[str, Metric] = {}
    flags: dict[str, dict[str, float]] = {}
    for name, marker in markers.items():
        values = {id: mark.score for id, mark in marked.marks.get(name, {}).items()}
        _put(found, name, values, marker.scorer)
        for group in groups:
            own = {id: value for id, value in values.items() if group_of[id] == group}
            if len(own) >= smallest_group:
                _put(found, f"{name}/{group}", own, marker.scorer)
        for id, mark in marked.marks.get(name, {}).items():
            for flag, raised in mark.flags.items():
                flags.setdefault(flag, {})[id] = float(raised)
    for flag, ended in marked.ends.items():
        if ended:
            flags[flag] = {id: float(raised) for id, raised in ended.items()}
    return found | {flag: Metric(raised, flag=True) for flag, raised in flags.items()}


def raised(figures: Mapping[str, Mapping[str, Metric]]) -> dict[str, dict[str, Metric]]:
    """Return every system's columns without the ends of answers that nobody met: a column of zeros tells nothing."""
    met = {name for found in figures.values() for name, measure in found.items() if any(measure.values.values())}
    quiet = {name for name, flag in FLAGS.items() if flag.finish_reason} - met
    return {
        system: {name: measure for name, measure in found.items() if name not in quiet}
        for system, found in figures.items()
    }


def _put(found: dict[str, Metric], name: str, values: Mapping[str, float], scorer: Scorer) -> None:
    if values:
        found[name] = Metric(values, scorer.binary, scorer.beside)
