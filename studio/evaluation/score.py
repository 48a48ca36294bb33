"""Scoring: a pass of its own from the answers as they were generated to figures, details and the report."""

from __future__ import annotations

import asyncio
import json
import time
from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from studio.answering.journal import Journal
from studio.answering.modes import ordered
from studio.answering.system import System
from studio.core.files import write_atomic, write_json
from studio.core.jsonl import JsonLines
from studio.data.records.question import Question
from studio.evaluation.compare import compare, dump
from studio.evaluation.contamination import Contamination
from studio.evaluation.findings import findings
from studio.evaluation.report import write_report
from studio.evaluation.table import text_table
from studio.scoring.base import Mark, Marker, Response
from studio.scoring.flags import FLAGS
from studio.scoring.metrics import MarkedAnswers, Metric, by_metric, mark_all, raised
from studio.scoring.scorers import markers as usual_markers


@dataclass(frozen=True)
class Answers:
    """What was asked and answered so far, as the report folder's journals hold it."""

    folder: Path

    @property
    def texts(self) -> Journal:
        return Journal(self.folder / "answers.jsonl")

    @property
    def likelihoods(self) -> JsonLines:
        """One line a question: contestant, question, options {letter: [sum of log p, tokens]}."""
        return JsonLines(self.folder / "likelihoods.jsonl")

    @property
    def judged(self) -> JsonLines:
        """One line for each thing that a scorer asked a model: asked (a digest), scorer, prompt, answer."""
        return JsonLines(self.folder / "judged.jsonl")

    def by_system(self) -> dict[str, dict[str, dict[str, Any]]]:
        """Return the newest answer line by system and question, likelihoods joined in."""
        found = self.texts.by_system()
        for line in self.likelihoods.read():
            answer = found.get(line["contestant"], {}).get(line["question"])
            if answer is not None:
                answer["options"] = line["options"]
        return found


NOTHING_KNOWN = Contamination()
"""Of no model it is known what it learned from."""


@asynccontextmanager
async def usual() -> AsyncIterator[Mapping[str, Marker]]:
    """Yield the scorers that mark where nobody chose any."""
    yield usual_markers()


def score(
    answers: Answers,
    questions: Sequence[Question],
    systems: Sequence[System[Question]],
    about: Mapping[str, object],
    smallest_group: int = 1,
    opened: Callable[[], AbstractAsyncContextManager[Mapping[str, Marker]]] = usual,
    contamination: Contamination = NOTHING_KNOWN,
) -> dict[str, Any]:
    """Mark every answer and write `metrics.json`, `details.jsonl`, `table.txt` and `report.html`; return the metrics.

    Args:
        smallest_group: groups with fewer questions get no figures; how many they are stands in the metrics.
        about: what stands beside the figures in `metrics.json`; holds `benchmark`, `seed` and more.
        opened: gives the scorers, ready to mark for the length of a block; by default every usual one.
        contamination: which questions the models have learned from: the figures stand once more on the others.
    """
    given = answers.by_system()

    async def mark() -> tuple[Mapping[str, Marker], dict[str, MarkedAnswers]]:
        async with opened() as markers:
            return markers, {
                system.name: await mark_system(given.get(system.name, {}), questions, markers) for system in systems
            }

    markers, marked = asyncio.run(mark())
    figures = raised({name: by_metric(marks, questions, smallest_group, markers) for name, marks in marked.items()})
    metrics = _metrics(questions, systems, figures, about, markers)
    metrics["small_groups"] = _small_groups(questions, figures, smallest_group)
    if contamination.learned:
        clean = [question for question in questions if question.id not in contamination.known]
        again = {name: _without(by_metric(_only(marked[name], clean), clean, smallest_group, markers), found) for name, found in figures.items()}  # fmt: skip
        seed = int(str(about["seed"]))
        systems_again = {
            name: {metric: it.figure(seed) for metric, it in found.items()} for name, found in again.items()
        }
        metrics["contamination"] = {**contamination.dump(len(questions)), "systems": systems_again if clean else {}}
    metrics["findings"] = [topic.dump() for topic in findings(metrics)]
    details = [
        {
            **_detail(
                question, system.name, given[system.name][question.id], marked[system.name].of(question.id), markers
            ),
            "learned": contamination.sort(system.model, question.id),
        }
        for question in questions
        for system in systems
        if question.id in given.get(system.name, {})
    ]
    write_json(answers.folder / "metrics.json", metrics)
    lines = "".join(json.dumps(detail, ensure_ascii=False) + "\n" for detail in details)
    write_atomic(answers.folder / "details.jsonl", lines)
    write_atomic(answers.folder / "table.txt", text_table(metrics))
    write_report(answers.folder / "report.html", metrics, details)
    return metrics


async def mark_system(
    given: Mapping[str, Mapping[str, Any]], questions: Sequence[Question], markers: Mapping[str, Marker]
) -> MarkedAnswers:
    """Mark one system's answer lines, by question id."""
    responses = {}
    for id, line in given.items():
        options = line.get("options")
        pairs = {letter: (float(pair[0]), int(pair[1])) for letter, pair in options.items()} if options else None
        responses[id] = Response(str(line["answer"]), pairs, str(line["finish_reason"]))
    return await mark_all(questions, responses, markers)


def _only(marked: MarkedAnswers, questions: Sequence[Question]) -> MarkedAnswers:
    """Return what was marked of some questions alone."""
    ids = {question.id for question in questions}
    return MarkedAnswers(
        {name: {id: mark for id, mark in marks.items() if id in ids} for name, marks in marked.marks.items()},
        {name: {id: end for id, end in ends.items() if id in ids} for name, ends in marked.ends.items()},
    )


def _without(found: Mapping[str, Metric], shown: Mapping[str, Metric]) -> dict[str, Metric]:
    """Return the metrics that are shown for all questions."""
    return {name: metric for name, metric in found.items() if name in shown}


def _metrics(
    questions: Sequence[Question],
    systems: Sequence[System[Question]],
    figures: Mapping[str, Mapping[str, Metric]],
    about: Mapping[str, object],
    markers: Mapping[str, Marker],
) -> dict[str, Any]:
    seed = int(str(about["seed"]))
    comparisons = compare(systems, figures, seed)
    used = {metric.partition("/")[0] for by_metric in figures.values() for metric in by_metric}
    return {
        **about,
        "n": len(questions),
        "scored": time.strftime("%Y-%m-%dT%H:%M:%S"),
        "systems": {
            name: {metric: measure.figure(seed) for metric, measure in by_metric.items()}
            for name, by_metric in figures.items()
        },
        "difference": "a - b",
        "comparisons": [dump(comparison) for comparison in comparisons if comparison.pairs is not None],
        "mean_comparisons": [dump(comparison) for comparison in comparisons if comparison.pairs is None],
        "modes": {
            name: {"asks": mode.asks.dump(), "against": mode.against.dump(), "colour": mode.colour}
            for name, mode in ordered().items()
            if name in {system.mode for system in systems}
        },
        "scorers": {
            name: {
                "title": marker.scorer.title.dump(),
                "help": marker.scorer.help.dump(),
                "binary": marker.scorer.binary,
                **marker.scorer.beside,
            }
            for name, marker in markers.items()
            if name in used
        },
        "flags": {
            name: {"title": flag.title.dump(), "help": flag.help.dump()} for name, flag in FLAGS.items() if name in used
        },
        "several_right": sum(question.is_choice and len(question.gold) > 1 for question in questions),
    }


def _small_groups(
    questions: Sequence[Question], figures: Mapping[str, Mapping[str, Metric]], least: int
) -> dict[str, int]:
    """Return how many groups, with how many questions, are too small for a figure of their own."""
    shown = {metric.partition("/")[2] for by_metric in figures.values() for metric in by_metric}
    hidden = [question.group for question in questions if question.group and question.group not in shown]
    return {"fewer_than": least, "groups": len(set(hidden)), "questions": len(hidden)}


def _detail(
    question: Question,
    system: str,
    line: Mapping[str, Any],
    marks: Mapping[str, Mark],
    markers: Mapping[str, Marker],
) -> dict[str, Any]:
    # marks stand in the scorers' order, so that the first decides; ROUGE's alone says how near, not whether right
    scorer, decided = next(iter(marks.items()), ("", Mark(0.0)))
    correct = decided.score == 1.0 if scorer and markers[scorer].scorer.binary else None
    return {
        "question": question.id,
        "contestant": system,
        "group": question.group,
        "stem": question.stem,
        "options": question.options,
        "prompt": line["prompt"],
        "answer": line["answer"],
        "read": decided.read,
        "rule": decided.rule,
        "gold": question.gold,
        "accepted": list(question.accepted),
        "correct": correct,
        "finish_reason": line["finish_reason"],
        "usage": line["usage"],
        "passages": line["passages"],
        "marks": {
            name: {"score": round(mark.score, 6), "read": mark.read, "rule": mark.rule, **mark.flags, **mark.details}
            for name, mark in marks.items()
        },
    }
