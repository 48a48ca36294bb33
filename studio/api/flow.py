"""Asynchronous streams: a sign of life in the silence, and an end when the client goes."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator, Awaitable, Sequence
from typing import Any, TypeVar

from starlette.types import Receive

from studio.api.errors import ClientGone

T = TypeVar("T")


async def with_pings(source: AsyncGenerator[T], silence_s: float, ping: T) -> AsyncGenerator[T]:
    """Yield what a stream yields, and `ping` after every `silence_s` seconds without anything."""
    waiting: asyncio.Future[T] | None = None
    try:
        while True:
            waiting = asyncio.ensure_future(anext(source))
            while not (await asyncio.wait({waiting}, timeout=silence_s))[0]:
                yield ping
            try:
                item = waiting.result()
            except StopAsyncIteration:
                return
            yield item
    finally:
        await _end([waiting] if waiting else [])
        await source.aclose()


async def until_gone(receive: Receive, work: Awaitable[T]) -> T:
    """Return what the work returns, or end it as soon as the client closes the connection.

    Raises:
        ClientGone: it did.
    """
    task = asyncio.ensure_future(work)
    leaving = asyncio.ensure_future(_left(receive))
    try:
        await asyncio.wait({task, leaving}, return_when=asyncio.FIRST_COMPLETED)
        if not task.done():
            raise ClientGone
        return task.result()
    finally:
        await _end([task, leaving])


async def _left(receive: Receive) -> None:
    while (await receive())["type"] != "http.disconnect":
        pass


async def _end(tasks: Sequence[asyncio.Future[Any]]) -> None:
    for task in tasks:
        task.cancel()
    await asyncio.gather(*tasks, return_exceptions=True)
