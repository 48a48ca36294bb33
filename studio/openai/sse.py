"""Server-sent events as every client of OpenAI's reads them: `data:` lines, `\\n\\n`, and nothing else.

Dify's parser cuts at `\\n\\n` and takes what follows `data:` for JSON; CRLF, `event:` or `id:` lines would leave it
with an empty answer. Comments (`: ping`) are passed over by all.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator, Awaitable
from contextlib import AbstractContextManager, aclosing, suppress
from dataclasses import dataclass
from typing import Any, Protocol, TypeVar

from starlette.types import Receive, Scope, Send

from studio.core.errors import StudioError
from studio.core.records import Delta
from studio.openai.body import json_bytes
from studio.openai.errors import ClientGone, write_error

PING = b": ping\n\n"
DONE = b"data: [DONE]\n\n"
T = TypeVar("T")
_HEADERS = [
    (b"content-type", b"text/event-stream; charset=utf-8"),
    (b"cache-control", b"no-cache"),
    (b"x-accel-buffering", b"no"),
]


def frame(document: object) -> bytes:
    """Return one event."""
    return b"data: " + json_bytes(document) + b"\n\n"


class EventReader:
    """Takes the bytes of a stream and gives the data of its events, without the `[DONE]` at the end.

    Lines end at line feeds alone: a text may hold other characters that Unicode calls line ends.
    """

    def __init__(self) -> None:
        self._rest = b""

    def read(self, data: bytes) -> list[str]:
        """Take the next bytes; return the data of the events they complete."""
        *lines, self._rest = (self._rest + data).split(b"\n")
        found = [line[5:].strip().decode("utf-8", errors="replace") for line in lines if line.startswith(b"data:")]
        return [event for event in found if event and event != "[DONE]"]


class Writer(Protocol):
    """Turns deltas into events; `studio.openai.chat.Reply` is one."""

    def frames(self, delta: Delta) -> bytes:
        """Return the events that tell a delta."""
        ...

    def end(self) -> bytes:
        """Return the events that end the stream."""
        ...


@dataclass(frozen=True)
class EventStream:
    """A streamed answer, as an ASGI application.

    Nothing is sent before the first event, or the first ping, is there: a request that fails at once gets its true
    status. What fails later is told in the stream, which then ends without `[DONE]`. A client that goes ends the
    source.

    Args:
        writer: turns deltas into events.
        deltas: the source.
        within: entered before the source is asked, left when all is over; what it raises on entering is the answer.
        silence_s: seconds without a word after which a ping is sent.
        parted: whether its clients are ours; see `ApiError.body`.
    """

    writer: Writer
    deltas: AsyncGenerator[Delta, None]
    within: AbstractContextManager[object]
    silence_s: float
    parted: bool = False

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Send the stream. Raises StudioError where nothing could be sent."""
        # A client that went needs no answer; at the very end of a stream the server reports one that stayed as gone.
        with suppress(ClientGone):
            await until_gone(receive, self._send(_Line(send)))

    async def _send(self, line: _Line) -> None:
        with self.within:
            pings = asyncio.create_task(line.ping(self.silence_s))
            try:
                async with aclosing(self.deltas) as deltas:
                    async for delta in deltas:
                        await line.say(self.writer.frames(delta))
                await line.say(self.writer.end())
            except StudioError as error:
                if not line.begun:
                    raise
                await line.say(frame(write_error(error).body(self.parted)))
            finally:
                await _end(pings)
        await line.close()


class _Line:
    """Bytes on their way to one client, from two tasks: the answer's, and the one that fills the silence."""

    def __init__(self, send: Send) -> None:
        self._send = send
        self._turn = asyncio.Lock()
        self._loop = asyncio.get_running_loop()
        self._spoke = self._loop.time()
        self.begun = False

    async def say(self, data: bytes) -> None:
        if data:
            async with self._turn:
                if not self.begun:
                    self.begun = True
                    await self._send({"type": "http.response.start", "status": 200, "headers": _HEADERS})
                await self._send({"type": "http.response.body", "body": data, "more_body": True})
            self._spoke = self._loop.time()

    async def ping(self, silence_s: float) -> None:
        """Say that somebody is there whenever nothing was said for so long; ends by being cancelled."""
        while True:
            left = self._spoke + silence_s - self._loop.time()
            await (asyncio.sleep(left) if left > 0 else self.say(PING))

    async def close(self) -> None:
        await self._send({"type": "http.response.body", "body": b"", "more_body": False})


async def until_gone(receive: Receive, work: Awaitable[T]) -> T:
    """Return what the work returns, or end it as soon as the client closes the connection.

    Raises:
        ClientGone: it did.
    """
    task = asyncio.ensure_future(work)
    leaving = asyncio.ensure_future(_gone(receive))
    try:
        await asyncio.wait({task, leaving}, return_when=asyncio.FIRST_COMPLETED)
        if not task.done():
            raise ClientGone
        return task.result()
    finally:
        await _end(task, leaving)


async def _gone(receive: Receive) -> None:
    while (await receive())["type"] != "http.disconnect":
        pass


async def _end(*tasks: asyncio.Future[Any]) -> None:
    for task in tasks:
        task.cancel()
    await asyncio.gather(*tasks, return_exceptions=True)
