"""The HTTP server around one local engine or one open knowledge base: what a serve run answers."""

from __future__ import annotations

import asyncio
import hmac
import json
import time
from collections.abc import AsyncGenerator, Awaitable
from contextlib import aclosing, suppress
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, TypeVar

from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.requests import ClientDisconnect, Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route
from starlette.types import ASGIApp, Receive, Scope, Send

from studio.core.errors import BusyError, ContextLengthError, StudioError, UnavailableError
from studio.core.records import Delta, Usage
from studio.core.text import Text
from studio.engines.request import Listener
from studio.engines.wire import DONE, PING, Call, FieldError, Reply, fault, frame, read_call, write_error

if TYPE_CHECKING:  # a server of one of the two need not load what the other stands on
    from studio.engines.local import LocalEngine
    from studio.knowledge.search import KnowledgeBase

T = TypeVar("T")
_MOST_PASSAGES = 100
_RETRY_AFTER_S = 1
_SILENCE_S = 5.0


@dataclass
class Activity:
    """What a server has done so far, for whoever watches over it."""

    requests: int = 0
    used: float = field(default_factory=time.monotonic)

    def touch(self) -> None:
        self.used = time.monotonic()


@dataclass(frozen=True)
class Service:
    """What is served, and to whom.

    Args:
        token: the bearer token every request but `GET /health` must carry.
        engine: answers `/v1/chat/completions` and `/tokens`.
        knowledge: answers `/search` and `/passages/ID`.
        most_requests: choices under way at once; one more gets a 429.
    """

    token: str
    engine: LocalEngine | None = None
    knowledge: KnowledgeBase | None = None
    most_requests: int = 64
    activity: Activity = field(default_factory=Activity)

    def app(self) -> ASGIApp:
        """Return the application."""
        routes = [Route("/health", self._health)]
        if self.engine is not None:
            routes.append(Route("/v1/chat/completions", self._chat, methods=["POST"]))
            routes.append(Route("/tokens", self._count, methods=["POST"]))
        if self.knowledge is not None:
            routes.append(Route("/search", self._search, methods=["POST"]))
            routes.append(Route("/passages/{passage_id:path}", self._passage))
        handlers = {
            StudioError: _on_studio_error,
            HTTPException: _on_http_exception,
            ClientDisconnect: _on_client_gone,
            Exception: _on_crash,
        }
        return _guarded(Starlette(routes=routes, exception_handlers=handlers), self.token)

    async def _health(self, request: Request) -> Response:
        dead = self.engine.failure if self.engine is not None else None
        body = {
            "status": "ok" if dead is None else dead.message.en,
            "active": self.engine.active if self.engine is not None else 0,
            "requests": self.activity.requests,
            "idle_s": round(time.monotonic() - self.activity.used, 3),
        }
        return JSONResponse(body, 200 if dead is None else 503)

    async def _chat(self, request: Request) -> ASGIApp:
        assert self.engine is not None
        call = read_call(await _body(request), self.engine.context)
        self._check_room(self.engine, call)
        self.activity.requests += 1
        self.activity.touch()
        ids = await asyncio.to_thread(self.engine.encode, call.messages)
        self._check_room(self.engine, call)  # others may have come in meanwhile
        answers = _Answers(self.engine, call, ids)
        reply = Reply(call.model)
        if call.stream:
            return _Events(answers, reply, call.include_usage, self.activity)
        try:
            return JSONResponse(reply.whole(await _until_gone(request.receive, answers.whole())))
        finally:
            answers.close()
            self.activity.touch()

    def _check_room(self, engine: LocalEngine, call: Call) -> None:
        if engine.active + call.choices > self.most_requests:
            raise BusyError(
                Text("too many requests are under way", "正在处理的请求太多"),
                Text("Try again in a moment.", "请稍后再试。"),
            )

    async def _count(self, request: Request) -> Response:
        """Say how many tokens of the context a conversation leaves to its answer."""
        assert self.engine is not None
        self.activity.touch()
        call = read_call(await _body(request), self.engine.context)
        try:
            ids = await asyncio.to_thread(self.engine.encode, call.messages)
        except ContextLengthError:
            return JSONResponse({"left": 0})
        return JSONResponse({"left": self.engine.context - len(ids)})

    async def _search(self, request: Request) -> Response:
        assert self.knowledge is not None
        self.activity.requests += 1
        self.activity.touch()
        body = await _body(request)
        query, top_k = body.get("query"), body.get("top_k", 5)
        if not isinstance(query, str):
            raise FieldError(Text("accepted: text", "应为文字"), None, "query")
        if not isinstance(top_k, int) or not 1 <= top_k <= _MOST_PASSAGES:
            raise FieldError(Text(f"accepted: 1 to {_MOST_PASSAGES}", f"应为 1 到 {_MOST_PASSAGES}"), None, "top_k")
        found = await asyncio.to_thread(self.knowledge.search, query, top_k)
        self.activity.touch()
        return JSONResponse({"passages": [passage.model_dump() for passage in found]})

    async def _passage(self, request: Request) -> Response:
        assert self.knowledge is not None
        self.activity.touch()
        found = self.knowledge.get(request.path_params["passage_id"])
        if found is None:
            raise HTTPException(404)
        return JSONResponse(found.model_dump())


class _Answers:
    """The choices of one call under way. The engine's thread puts pieces in; the event loop takes them out."""

    def __init__(self, engine: LocalEngine, call: Call, ids: list[int]) -> None:
        self._loop = asyncio.get_running_loop()
        self._heard: asyncio.Queue[tuple[int, Delta | StudioError]] = asyncio.Queue()
        self._tickets = []
        self.count = call.choices
        try:
            for index in range(call.choices):
                seed = call.sampling.seed
                sampling = replace(call.sampling, seed=None if seed is None else seed + index)
                ticket = engine.enter(ids, sampling, self._listener(index), whole=not call.stream)
                self._tickets.append(ticket)
        except StudioError:
            self.close()
            raise

    def close(self) -> None:
        """Cancel what is not over."""
        for ticket in self._tickets:
            ticket.cancel()

    async def pieces(self) -> AsyncGenerator[list[tuple[int, Delta]], None]:
        """Yield the pieces as they come, with their choice's number; several that waited come together.

        After every few seconds without one, none are yielded.
        """
        open_choices = self.count
        while open_choices:
            try:
                async with asyncio.timeout(_SILENCE_S):
                    told = [await self._heard.get()]
            except TimeoutError:
                yield []
                continue
            with suppress(asyncio.QueueEmpty):
                while True:
                    told.append(self._heard.get_nowait())
            pieces = []
            for index, piece in told:
                if isinstance(piece, StudioError):
                    raise piece
                if piece.finish_reason == "cancelled":
                    raise UnavailableError(Text("the engine is shutting down", "引擎正在关闭"))
                open_choices -= piece.finish_reason is not None
                pieces.append((index, piece))
            yield pieces

    async def whole(self) -> list[tuple[str, Delta]]:
        """Return each choice's text and its last piece."""
        answers = [("", Delta(""))] * self.count
        async with aclosing(self.pieces()) as batches:
            async for batch in batches:
                for index, piece in batch:
                    answers[index] = (answers[index][0] + piece.text, piece)
        return answers

    def _listener(self, index: int) -> Listener:
        def hear(piece: Delta | StudioError) -> None:
            with suppress(RuntimeError):  # the loop is closed: the server went down while the engine spoke
                self._loop.call_soon_threadsafe(self._heard.put_nowait, (index, piece))

        return hear


@dataclass(frozen=True)
class _Events:
    """A streamed answer, as an ASGI application: whatever way it ends, the engine is told."""

    answers: _Answers
    reply: Reply
    include_usage: bool
    activity: Activity

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        try:
            with suppress(ClientDisconnect):
                await _until_gone(receive, self._send(send))
        finally:
            self.answers.close()
            self.activity.touch()

    async def _send(self, send: Send) -> None:
        headers = [
            (b"content-type", b"text/event-stream; charset=utf-8"),
            (b"cache-control", b"no-cache"),
            (b"x-accel-buffering", b"no"),
        ]
        await send({"type": "http.response.start", "status": 200, "headers": headers})
        async with aclosing(self._frames()) as frames:
            async for data in frames:
                await send({"type": "http.response.body", "body": data, "more_body": True})
        await send({"type": "http.response.body", "body": b"", "more_body": False})

    async def _frames(self) -> AsyncGenerator[bytes, None]:
        yield b"".join(frame(self.reply.opening(index)) for index in range(self.answers.count))
        usages: list[Usage] = []
        try:
            async with aclosing(self.answers.pieces()) as batches:
                async for batch in batches:
                    usages += [piece.usage for _, piece in batch if piece.usage is not None]
                    chunks = [chunk for index, piece in batch for chunk in self.reply.chunks(index, piece)]
                    yield b"".join(frame(chunk) for chunk in chunks) if batch else PING
        except StudioError as error:
            yield frame(write_error(error)[1])
            return
        yield (frame(self.reply.usage(usages)) if self.include_usage else b"") + DONE


async def _until_gone(receive: Receive, work: Awaitable[T]) -> T:
    """Return what the work returns; end it as soon as the client closes the connection, and raise ClientDisconnect."""
    task = asyncio.ensure_future(work)
    leaving = asyncio.ensure_future(_gone(receive))
    try:
        await asyncio.wait({task, leaving}, return_when=asyncio.FIRST_COMPLETED)
        if not task.done():
            raise ClientDisconnect
        return task.result()
    finally:
        task.cancel()
        leaving.cancel()
        await asyncio.gather(task, leaving, return_exceptions=True)


async def _gone(receive: Receive) -> None:
    while (await receive())["type"] != "http.disconnect":
        pass


async def _body(request: Request) -> dict[str, object]:
    try:
        value = json.loads(await request.body())
    except ValueError as error:
        raise FieldError(Text(f"the body is no JSON ({error})", f"请求体不是 JSON（{error}）"), None, "body") from error
    if not isinstance(value, dict):
        raise FieldError(Text("the body is no JSON object", "请求体不是 JSON 对象"), None, "body")
    return value


def _guarded(app: ASGIApp, token: str) -> ASGIApp:
    """Return the application behind the token."""
    wanted = f"Bearer {token}".encode()

    async def guard(scope: Scope, receive: Receive, send: Send) -> None:
        given = next((value for name, value in scope.get("headers", ()) if name == b"authorization"), b"")
        if scope["type"] != "http" or scope["path"] == "/health" or hmac.compare_digest(given, wanted):
            await app(scope, receive, send)
            return
        body = fault("the token is wrong or missing", "invalid_request_error", "invalid_api_key")
        await JSONResponse(body, 401, {"WWW-Authenticate": "Bearer"})(scope, receive, send)

    return guard


def _on_studio_error(request: Request, error: Exception) -> Response:
    assert isinstance(error, StudioError)
    status, body = write_error(error)
    return JSONResponse(body, status, {"Retry-After": str(_RETRY_AFTER_S)} if status in (429, 503) else None)


def _on_http_exception(request: Request, error: Exception) -> Response:
    assert isinstance(error, HTTPException)
    message = f"{request.method} {request.url.path}: {error.detail}"
    return JSONResponse(fault(message, "invalid_request_error", "not_found"), error.status_code, error.headers)


def _on_client_gone(request: Request, error: Exception) -> Response:
    return Response(status_code=499)  # nobody is left to read it; the number nginx writes for this


def _on_crash(request: Request, error: Exception) -> Response:
    # The traceback goes to the server's log.
    return JSONResponse(fault("the engine made a mistake; its log has more", "server_error", "internal_error"), 500)
