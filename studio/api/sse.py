"""Server-sent events as every client of OpenAI's reads them: `data:` lines, `\\n\\n`, and nothing else.

Dify's parser cuts at `\\n\\n` and takes what follows `data:` for JSON; CRLF, `event:` or `id:` lines would leave it
with an empty answer. Comments (`: ping`) are passed over by all.
"""

from __future__ import annotations

from collections.abc import AsyncGenerator
from contextlib import aclosing, suppress
from dataclasses import dataclass

from starlette.types import Receive, Scope, Send

from studio.api.errors import ApiError, ClientGone
from studio.api.flow import until_gone, with_pings
from studio.api.wire import json_bytes

PING = b": ping\n\n"
DONE = b"data: [DONE]\n\n"
_HEADERS = [
    (b"content-type", b"text/event-stream; charset=utf-8"),
    (b"cache-control", b"no-cache"),
    (b"x-accel-buffering", b"no"),
]


def frame(document: object) -> bytes:
    """Return one event."""
    return b"data: " + json_bytes(document) + b"\n\n"


async def frames(documents: AsyncGenerator[dict[str, object]]) -> AsyncGenerator[bytes]:
    """Yield each document as an event, then `[DONE]`."""
    async with aclosing(documents):
        async for document in documents:
            yield frame(document)
    yield DONE


@dataclass(frozen=True)
class EventStream:
    """A streamed answer, as an ASGI application.

    Nothing is sent before the first event, or the first ping, is there: a request that fails at once gets its true
    status. What fails later is told in the stream, which then ends without `[DONE]`. A client that goes ends the
    source.
    """

    source: AsyncGenerator[bytes]
    silence_s: float

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Send the stream. Raises ApiError where nothing could be sent."""
        # A client that went needs no answer; at the very end of a stream the server reports one that stayed as gone.
        with suppress(ClientGone):
            await until_gone(receive, self._send(send))

    async def _send(self, send: Send) -> None:
        async with aclosing(with_pings(self.source, self.silence_s, PING)) as events:
            first = await anext(events)
            await send({"type": "http.response.start", "status": 200, "headers": _HEADERS})
            await _event(send, first)
            try:
                async for event in events:
                    await _event(send, event)
            except ApiError as error:
                await _event(send, frame(error.body()))
        await send({"type": "http.response.body", "body": b"", "more_body": False})


async def _event(send: Send, event: bytes) -> None:
    await send({"type": "http.response.body", "body": event, "more_body": True})
