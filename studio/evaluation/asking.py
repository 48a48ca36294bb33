"""Asking: one system, the questions it has not answered yet, each answer kept as it comes."""

from __future__ import annotations

import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from studio.answering.ask import ask_all
from studio.core.errors import ContextLengthError
from studio.core.records import Answer, Message, Request, Retrieval, Sampling
from studio.core.reporter import Reporter
from studio.data.prompt import ask
from studio.data.records.question import Question
from studio.engines.backends.remote import RemoteEngine
from studio.engines.base import Engine
from studio.evaluation.endpoint import Endpoint
from studio.evaluation.score import Answers
from studio.evaluation.systems import System

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

    def write(self, system: System, question: Question, prompt: Sequence[Message], answer: Answer) -> None:
        """Take one answer down."""
        self.answers.texts.append(
            {
                "contestant": system.name,
                "question": question.id,
                "prompt": [message.model_dump() for message in prompt],
                "answer": answer.text,
                "finish_reason": answer.finish_reason,
                "usage": answer.usage.model_dump(),
                "passages": [passage.model_dump() for passage in answer.passages],
            }
        )
        self.progress.add()

    async def ask_all(
        self, system: System, engine: Engine, questions: Sequence[Question], passages: int | None = None
    ) -> None:
        """Put questions to an engine. Raises Stopped once somebody asked the run to stop.

        Args:
            passages: how many are looked up for each, by its stem alone; None for what answers without any.
        """
        prompts = [ask(question) for question in questions]
        requests = [
            Request(
                tuple(prompt),
                self.sampling,
                retrieval=None if passages is None else Retrieval(question.stem, passages),
            )
            for question, prompt in zip(questions, prompts, strict=True)
        ]
        await ask_all(
            engine,
            requests,
            lambda index, answer: self.write(system, questions[index], prompts[index], answer),
            concurrency=self.concurrency,
            should_stop=self.report.stopping,
        )
        self.report.check_stop()


async def ask_direct(
    recorder: AnswerRecorder,
    system: System,
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
    system: System,
    at: Endpoint,
    model: str,
    questions: Sequence[Question],
    passages: int | None = None,
) -> None:
    """Ask through the endpoint, as other programs do.

    Args:
        model: `NAME`, or `NAME@KNOWLEDGE` for answers from passages.
        passages: see `AnswerRecorder.ask_all`.
    """
    async with RemoteEngine(at.url, model, at.key) as engine:
        await recorder.ask_all(system, engine, questions, passages)
