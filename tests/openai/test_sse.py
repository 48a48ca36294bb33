"""Streams: pings in the silence, and an end that reaches the source."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator
from contextlib import nullcontext

import pytest
from starlette.types import Message

from studio.core.errors import BusyError, UnavailableError
from studio.core.records import Delta
from studio.core.text import both
from studio.openai.admission import Admission
from studio.openai.errors import ClientGone
from studio.openai.sse import EventStream, until_gone


class Source:
    """Counts up slowly and remembers how it ended."""

    def __init__(self, delays: list[float], error: Exception | None = None) -> None:
        self.delays = delays
        self.error = error
        self.ended = False

    async def deltas(self) -> AsyncGenerator[Delta, None]:
        try:
            for number, delay in enumerate(self.delays):
                await asyncio.sleep(delay)
                yield Delta(f"{number}")
            if self.error is not None:
                raise self.error
        finally:
            self.ended = True


class Numbers:
    """Writes a delta as its text."""

    def frames(self, delta: Delta) -> bytes:
        return delta.text.encode()

    def end(self) -> bytes:
        return b"end"


class Client:
    """Hears a stream, and goes after so many messages."""

    def __init__(self, goes_after: int = 99) -> None:
        self.heard: list[Message] = []
        self._goes_after = goes_after
        self._gone = asyncio.Event()

    @property
    def said(self) -> list[bytes]:
        return [message["body"] for message in self.heard if message["type"] == "http.response.body"]

    async def send(self, message: Message) -> None:
        self.heard.append(message)
        if len(self.said) >= self._goes_after:
            self._gone.set()

    async def receive(self) -> Message:
        await self._gone.wait()
        return {"type": "http.disconnect"}


async def stream(source: Source, client: Client, silence_s: float = 9.0, admission: Admission | None = None) -> None:
    within = nullcontext() if admission is None else admission.admit()
    events = EventStream(Numbers(), source.deltas(), within, silence_s)
    await events({"type": "http"}, client.receive, client.send)


async def test_silence_is_filled_with_pings() -> None:
    source, client = Source([0, 0.25, 0]), Client()
    await stream(source, client, silence_s=0.1)
    assert client.said == [b"0", b": ping\n\n", b": ping\n\n", b"1", b"2", b"end", b""]
    assert source.ended


async def test_a_client_that_goes_ends_the_source() -> None:
    for wait, said in ((9.0, b": ping\n\n"), (0.0, b"1")):
        source, client = Source([0, wait, 9.0]), Client(goes_after=2)
        await stream(source, client, silence_s=0.05)
        assert client.said[:2] == [b"0", said]
        assert source.ended


async def test_what_fails_at_once_is_raised_and_what_fails_later_is_told() -> None:
    error = UnavailableError(both("it died"))
    client = Client()
    with pytest.raises(UnavailableError):
        await stream(Source([], error), client)
    assert not client.heard
    await stream(Source([0], error), client)
    assert client.said[0] == b"0"
    assert b"it died" in client.said[1]
    assert client.said[2:] == [b""]


async def test_one_too_many_is_told_to_come_back() -> None:
    admission, client = Admission(1), Client(goes_after=1)
    first = asyncio.create_task(stream(Source([0.2, 0, 9.0]), client, admission=admission))
    await asyncio.sleep(0.1)
    refused = Client()
    with pytest.raises(BusyError):
        await stream(Source([0]), refused, admission=admission)
    assert not refused.heard
    await first
    assert admission.busy == 0
    await stream(Source([0]), refused, admission=admission)
    assert refused.said == [b"0", b"end", b""]


async def test_work_ends_when_the_client_goes() -> None:
    ended = asyncio.Event()

    async def work() -> str:
        try:
            await asyncio.sleep(9)
        finally:
            ended.set()
        return "done"

    async def leaves() -> Message:
        await asyncio.sleep(0.05)
        return {"type": "http.disconnect"}

    async def stays() -> Message:
        await asyncio.sleep(9)
        return {"type": "http.disconnect"}

    async def quick() -> str:
        return "done"

    with pytest.raises(ClientGone):
        await until_gone(leaves, work())
    assert ended.is_set()
    assert await until_gone(stays, quick()) == "done"
