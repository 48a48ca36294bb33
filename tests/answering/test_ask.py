"""Many requests at once: what is answered is kept, what has to wait waits."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator

import pytest

from studio.answering import ask as asking
from studio.core.errors import BusyError
from studio.core.records import Answer, Delta, Message, Request, Sampling
from studio.core.text import both
from studio.engines.base import Engine


class Scripted(Engine):
    """Answers at once, after it was busy a number of times."""

    def __init__(self, busy: int = 0) -> None:
        self.busy = busy

    async def generate(self, request: Request) -> AsyncGenerator[Delta, None]:
        if self.busy:
            self.busy -= 1
            raise BusyError(both("busy"))
        yield Delta("yes", "stop")


REQUEST = Request((Message(role="user", content="?"),), Sampling(5))


async def test_an_answer_that_is_there_is_kept_whoever_stops() -> None:
    answers: list[str] = []
    asked = False

    def stop() -> bool:
        return asked

    class Stopped(Scripted):
        async def generate(self, request: Request) -> AsyncGenerator[Delta, None]:
            nonlocal asked
            yield Delta("yes", "stop")
            asked = True

    await asking.ask_all(Stopped(), [REQUEST] * 3, lambda _, answer: answers.append(answer.text), 1, stop)
    assert answers == ["yes"]


async def test_an_engine_may_be_busy_for_hours(monkeypatch: pytest.MonkeyPatch) -> None:
    waited: list[float] = []

    async def sleep(seconds: float) -> None:
        waited.append(seconds)

    monkeypatch.setattr(asyncio, "sleep", sleep)
    answer: Answer = await asking.ask(Scripted(busy=2_000), REQUEST)
    assert answer.text == "yes"
    assert waited[:5] == [0.5, 1, 2, 4, 4] and max(waited) == 4
