"""Asking: one contestant, the questions it has not answered yet, each answer kept as it comes."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from studio.core.errors import ContextLengthError
from studio.core.records import Answer, Message, Question, Sampling
from studio.data.prompt import ask
from studio.engines.client import RemoteEngine
from studio.engines.engine import Engine
from studio.evaluation.contestants import Contestant
from studio.evaluation.endpoint import Endpoint
from studio.evaluation.score import Answers
from studio.runs.job import Job

_REPORT_S = 0.5
_POLL_S = 0.2


class Progress:
    """Counts answers over all contestants and says so, twice a second at most and at the end."""

    def __init__(self, job: Job, done: int, total: int) -> None:
        self._job = job
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
        self._job.progress(self.done, self._total, "answers")


@dataclass(frozen=True)
class Desk:
    """Where answers are taken down: what every way of asking needs.

    Args:
        answers: the report folder's journals.
        sampling: greedy, with the longest answer.
        concurrency: requests under way at once.
    """

    job: Job
    answers: Answers
    sampling: Sampling
    concurrency: int
    progress: Progress

    def write(self, who: Contestant, question: Question, prompt: Sequence[Message], answer: Answer) -> None:
        """Take one answer down."""
        self.answers.texts.append(
            {
                "contestant": who.name,
                "question": question.id,
                "prompt": [message.model_dump() for message in prompt],
                "answer": answer.text,
                "finish_reason": answer.finish_reason,
                "usage": answer.usage.model_dump(),
                "passages": [passage.model_dump() for passage in answer.passages],
            }
        )
        self.progress.add()

    def ask_all(self, who: Contestant, engine: Engine, questions: Sequence[Question]) -> None:
        """Put questions to an engine. Raises Stopped once somebody asked the run to stop."""
        prompts = [ask(question) for question in questions]
        engine.answer_all(
            prompts,
            self.sampling,
            lambda index, answer: self.write(who, questions[index], prompts[index], answer),
            concurrency=self.concurrency,
            should_stop=self.job.stopping,
        )
        self.job.check_stop()


def ask_direct(
    desk: Desk, who: Contestant, folder: Path, questions: Sequence[Question], likelihoods: Sequence[Question]
) -> None:
    """Ask a model in this process; then measure how likely it finds each option of the choice questions.

    Args:
        folder: a whole model.
        questions: those still to be answered.
        likelihoods: those still to be measured.
    """
    from studio.engines.local import LocalEngine

    with LocalEngine(folder) as engine:
        desk.ask_all(who, engine, questions)
        for question in likelihoods:
            desk.job.check_stop()
            letters = [letter for letter, text in question.options.items() if text.strip()]
            stem = ask(question.model_copy(update={"options": {}}))
            try:
                pairs = engine.log_likelihood(stem, [question.options[letter] for letter in letters])
            except ContextLengthError:
                pairs = []
            desk.answers.likelihoods.append(
                {
                    "contestant": who.name,
                    "question": question.id,
                    "options": dict(zip(letters, pairs, strict=bool(pairs))),
                }
            )


def ask_api(desk: Desk, who: Contestant, at: Endpoint, model: str, questions: Sequence[Question]) -> None:
    """Ask a model through the endpoint, as other programs do."""
    with RemoteEngine(at.url, model, at.key) as engine:
        desk.ask_all(who, engine, questions)


def ask_rag(desk: Desk, who: Contestant, at: Endpoint, model: str, top_k: int, questions: Sequence[Question]) -> None:
    """Ask through the endpoint with passages; each question is looked up by its stem alone.

    Args:
        model: `NAME@KNOWLEDGE`.
    """

    def one(question: Question, prompt: list[Message]) -> Answer:
        body: dict[str, Any] = {"retrieval": {"query": question.stem, "top_k": top_k}}
        found: list[Answer] = []
        with RemoteEngine(at.url, model, at.key, body) as engine:
            engine.answer_all([prompt], desk.sampling, lambda _, answer: found.append(answer), 1, desk.job.stopping)
        desk.job.check_stop()
        return found[0]

    _in_threads(
        one, questions, desk.concurrency, lambda question, prompt, answer: desk.write(who, question, prompt, answer)
    )


def _in_threads(
    one: Callable[[Question, list[Message]], Answer],
    questions: Sequence[Question],
    concurrency: int,
    on_answer: Callable[[Question, list[Message], Answer], None],
) -> None:
    """Answer questions several at once; the answers are handed over in the calling thread.

    The first failure, or a stop, ends the rest before they begin and is raised here.
    """
    pool = ThreadPoolExecutor(concurrency, thread_name_prefix="ask")
    prompts: Mapping[str, list[Message]] = {question.id: ask(question) for question in questions}
    pending: dict[Future[Answer], Question] = {
        pool.submit(one, question, prompts[question.id]): question for question in questions
    }
    try:
        while pending:
            done, _ = wait(pending, timeout=_POLL_S, return_when=FIRST_COMPLETED)
            for future in done:
                question = pending.pop(future)
                on_answer(question, prompts[question.id], future.result())
    finally:
        pool.shutdown(wait=True, cancel_futures=True)
