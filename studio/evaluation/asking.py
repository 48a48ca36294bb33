"""Asking the questions of an evaluation: the model in this process, or over HTTP as other programs do."""

from __future__ import annotations

import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from studio.answering.endpoint import Endpoint
from studio.answering.journal import ask_many
from studio.answering.system import System, Target
from studio.core.errors import ContextLengthError
from studio.core.records import Sampling
from studio.core.reporter import Reporter
from studio.data.prompt import ask
from studio.data.records.question import Question
from studio.engines.base import Engine
from studio.engines.remote import RemoteEngine
from studio.evaluation.score import Answers

_REPORT_S = 0.5


class AnswerProgress:
    """Counts answers over all systems and says so, twice a second at most and at the end."""

    def __init__(self, report: Reporter, done: int, total: int) -> None:
        self._report = report
        self.done = done
        self._total = total
        self._said = 0.0

    def add(self) -> None:
        self.done += 1
        now = time.monotonic()
        if now - self._said >= _REPORT_S or self.done == self._total:
            self.say()

    def say(self) -> None:
        self._said = time.monotonic()
        self._report.progress(self.done, self._total, "answers", saved=self.done)  # each stands in the journal


@dataclass(frozen=True)
class AnswerRecorder:
    """Where answers are taken down: what every mode needs.

    Args:
        report: told how far it is, and asks to stop.
        answers: the report folder's journals.
        sampling: greedy, with the longest answer.
        concurrency: requests under way at once.
    """

    report: Reporter
    answers: Answers
    sampling: Sampling
    concurrency: int
    progress: AnswerProgress

    async def ask_all(self, system: System[Question], engine: Engine, questions: Sequence[Question]) -> None:
        """Put to an engine the questions still to be answered. Raises Stopped once somebody asked the run to stop."""
        await ask_many(
            system,
            engine,
            {question.id: question for question in questions},
            self.answers.texts,
            self.sampling,
            self.report,
            self.concurrency,
            self.progress.add,
        )


async def ask_direct(
    recorder: AnswerRecorder,
    system: System[Question],
    folder: Path,
    questions: Sequence[Question],
    likelihoods: Sequence[Question],
) -> None:
    """Ask a model in this process; then measure how likely it finds each option of the choice questions.

    Args:
        folder: a whole model.
        questions: those still to be answered.
        likelihoods: those still to be measured.
    """
    from studio.engines.backends.local import LocalEngine

    with LocalEngine(folder) as engine:
        await recorder.ask_all(system, engine, questions)
        for question in likelihoods:
            recorder.report.check_stop()
            letters = [letter for letter, text in question.options.items() if text.strip()]
            stem = ask(question.model_copy(update={"options": {}}))
            try:
                pairs = await engine.score(stem, [question.options[letter] for letter in letters])
            except ContextLengthError:
                pairs = []
            recorder.answers.likelihoods.append(
                {
                    "contestant": system.name,
                    "question": question.id,
                    "options": dict(zip(letters, pairs, strict=bool(pairs))),
                }
            )


async def ask_endpoint(
    recorder: AnswerRecorder,
    system: System[Question],
    at: Endpoint,
    target: Target,
    questions: Sequence[Question],
) -> None:
    """Ask through the endpoint, as other programs do.

    Args:
        target: the model and knowledge base by the names that the endpoint knows them by.
    """
    async with RemoteEngine(at.url, target.id, at.key) as engine:
        await recorder.ask_all(system, engine, questions)
