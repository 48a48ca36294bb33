"""Asking a system many questions, each answer written down as it comes: what was killed goes on with what is missing."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeVar

from studio.answering.ask import ask_all
from studio.answering.system import System
from studio.core.jsonl import JsonLines
from studio.core.records import Answer, Request, Sampling
from studio.core.reporter import Reporter
from studio.engines.base import Engine

T = TypeVar("T")


@dataclass(frozen=True)
class Journal:
    """A file of answers: contestant (the system's name), question, prompt, answer, finish_reason, usage, passages."""

    path: Path

    @property
    def lines(self) -> JsonLines:
        return JsonLines(self.path)

    def by_system(self) -> dict[str, dict[str, dict[str, Any]]]:
        """Return the newest line by system and question."""
        found: dict[str, dict[str, dict[str, Any]]] = {}
        for line in self.lines.read():
            found.setdefault(line["contestant"], {})[line["question"]] = line
        return found

    def write(self, system: str, question: str, request: Request, answer: Answer) -> None:
        """Take one answer down; a kill from now on does not lose it."""
        self.lines.append(
            {
                "contestant": system,
                "question": question,
                "prompt": [message.model_dump() for message in request.messages],
                "answer": answer.text,
                "finish_reason": answer.finish_reason,
                "usage": answer.usage.model_dump(),
                "passages": [passage.model_dump() for passage in answer.passages],
            }
        )


async def ask_many(
    system: System[T],
    engine: Engine,
    questions: Mapping[str, T],
    journal: Journal,
    sampling: Sampling,
    report: Reporter,
    concurrency: int = 16,
    on_answer: Callable[[], None] = lambda: None,
) -> None:
    """Put to a system the questions that its journal holds no answer to, `concurrency` at once.

    Args:
        engine: what the system's model answers with.
        questions: by the id that the journal knows each by.
        report: asks to stop.
        on_answer: called after each answer that was written down.

    Raises:
        InputError: the engine cannot answer a request.
        UnavailableError: it does not answer, or died.
        Stopped: somebody asked; what was answered is kept.
    """
    known = journal.by_system().get(system.name, {})
    missing = [id for id in questions if id not in known]
    requests = [system.request(questions[id], sampling) for id in missing]

    def take_down(index: int, answer: Answer) -> None:
        journal.write(system.name, missing[index], requests[index], answer)
        on_answer()

    await ask_all(engine, requests, take_down, concurrency, report.stopping)
    report.check_stop()
