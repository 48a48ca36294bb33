"""One seam for whatever answers: the same questions to it, each answer written down, only what is missing asked again."""

from __future__ import annotations

from collections.abc import AsyncGenerator
from pathlib import Path

import pytest

from studio.answering.journal import Journal, ask_many
from studio.answering.modes.base import Prompt
from studio.answering.system import System, Target
from studio.core.records import Delta, Message, Request, Retrieval, Sampling, Usage
from studio.core.reporter import Silent, Stopped
from studio.engines.base import Engine

QUESTIONS = {"q1": "one", "q2": "two", "q3": "three"}
SAMPLING = Sampling(5)


def aloud(question: str) -> Prompt:
    return Prompt([Message(role="user", content=f"{question}!")], question)


class Echo(Engine):
    """Says what it was asked, and keeps the requests."""

    def __init__(self) -> None:
        self.asked: list[Request] = []

    async def generate(self, request: Request) -> AsyncGenerator[Delta, None]:
        self.asked.append(request)
        yield Delta(request.messages[-1].content, "stop", Usage(prompt_tokens=1, completion_tokens=1))


@pytest.mark.parametrize(
    ("system", "target", "name", "retrieval"),
    [
        (System("m", aloud, "direct"), Target("m"), "m:direct", None),
        (System.served("m", aloud), Target("m"), "m:api", None),
        (System.served("m", aloud, "book", 2), Target("m", "book"), "m:rag", Retrieval("one", 2)),
    ],
)
def test_a_system_is_all_that_an_answer_depends_on(
    system: System[str], target: Target, name: str, retrieval: Retrieval | None
) -> None:
    assert (system.target, system.name) == (target, name)
    asked = (Message(role="user", content="one!"),)
    assert system.request("one", SAMPLING) == Request(asked, SAMPLING, retrieval=retrieval)


async def test_only_what_the_journal_lacks_is_asked(tmp_path: Path) -> None:
    journal, engine = Journal(tmp_path / "answers.jsonl"), Echo()
    one, other = System("m", aloud, "direct"), System("m", aloud, "api")
    counted: list[int] = []
    await ask_many(one, engine, dict(list(QUESTIONS.items())[:2]), journal, SAMPLING, Silent())
    await ask_many(one, engine, QUESTIONS, journal, SAMPLING, Silent(), on_answer=lambda: counted.append(1))
    assert [request.messages[-1].content for request in engine.asked] == ["one!", "two!", "three!"]
    assert len(counted) == 1
    await ask_many(other, engine, QUESTIONS, journal, SAMPLING, Silent())
    assert len(engine.asked) == 6
    assert journal.by_system()["m:direct"]["q3"] == {
        "contestant": "m:direct",
        "question": "q3",
        "prompt": [{"role": "user", "content": "three!"}],
        "answer": "three!",
        "finish_reason": "stop",
        "usage": {"prompt_tokens": 1, "completion_tokens": 1},
        "passages": [],
    }


async def test_a_stop_keeps_what_was_answered(tmp_path: Path) -> None:
    journal, engine = Journal(tmp_path / "answers.jsonl"), Echo()

    class Halted(Silent):
        def stopping(self) -> bool:
            return len(engine.asked) > 1

        def check_stop(self) -> None:
            if self.stopping():
                raise Stopped

    system = System("m", aloud, "direct")
    with pytest.raises(Stopped):
        await ask_many(system, engine, QUESTIONS, journal, SAMPLING, Halted(), concurrency=1)
    assert list(journal.by_system()["m:direct"]) == ["q1", "q2"]
