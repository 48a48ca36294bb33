"""Streams: pings in the silence, and an end that reaches the source."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator

import pytest
from starlette.types import Message

from studio.api.errors import ApiError, ClientGone
from studio.api.flow import until_gone, with_pings
from studio.api.limits import Limiter


class Source:
    """Counts up slowly and remembers how it ended."""

    def __init__(self, delays: list[float], name: str = "") -> None:
        self.delays = delays
        self.name = name
        self.ended = False

    async def items(self) -> AsyncGenerator[str]:
        try:
            for number, delay in enumerate(self.delays):
                await asyncio.sleep(delay)
                yield f"{self.name}{number}"
        finally:
            self.ended = True


async def test_silence_is_filled_with_pings() -> None:
    source = Source([0, 0.25, 0])
    heard = [item async for item in with_pings(source.items(), 0.1, "ping")]
    assert heard == ["0", "ping", "ping", "1", "2"]
    assert source.ended


async def test_closing_early_ends_the_source() -> None:
    for wait in (0.0, 9.0):
        source = Source([0, wait])
        stream = with_pings(source.items(), 0.05, "ping")
        assert await anext(stream) == "0"
        assert await anext(stream) == ("1" if wait == 0 else "ping")
        await stream.aclose()
        assert source.ended


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


async def test_one_too_many_is_told_when_to_come_back() -> None:
    limiter = Limiter(1)
    first = limiter.admit(Source([0, 0]).items())
    assert await anext(first) == "0"
    with pytest.raises(ApiError) as caught:
        await anext(limiter.admit(Source([0]).items()))
    assert (caught.value.status, caught.value.headers()["Retry-After"]) == (429, "1")
    await first.aclose()
    assert [item async for item in limiter.admit(Source([0]).items())] == ["0"]
