"""The HTTP servers around one engine or one open knowledge base: what a serve run answers."""

from __future__ import annotations

import asyncio
import hmac
import math
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import TYPE_CHECKING, Protocol

from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.requests import Request as HttpRequest
from starlette.responses import Response
from starlette.routing import Route
from starlette.types import ASGIApp, Receive, Scope, Send

from studio.core.errors import ContextLengthError, UnavailableError
from studio.core.text import Text
from studio.engines.base import LoadedEngine
from studio.openai.admission import Admission
from studio.openai.body import error_response, json_bytes, json_response, read_json
from studio.openai.chat import read_chat
from studio.openai.errors import ApiError, fault
from studio.openai.handlers import handlers
from studio.openai.reply import Reply
from studio.openai.sse import EventStream, until_gone

if TYPE_CHECKING:  # a server of an engine need not load what knowledge bases stand on
    from studio.knowledge.search import KnowledgeBase

_MOST_PASSAGES = 100
_MOST_BYTES = 64 * 2**20  # the endpoint limits what comes in; passages come on top
_SILENCE_S = 5.0


class Service(Protocol):
    """What is served, as whoever watches over the server sees it."""

    token: str
    requests: int
    used: float

    def app(self) -> ASGIApp:
        """Return the application; all of it but `GET /health` wants the token."""
        ...

    @property
    def busy(self) -> bool:
        """Whether requests are under way."""
        ...

    @property
    def generated(self) -> int:
        """Tokens generated so far."""
        ...

    @property
    def failure(self) -> UnavailableError | None:
        """Why it answers no more; None while it does."""
        ...

    async def aclose(self) -> None:
        """End what is under way with an error."""


class _Served:
    """What both services have: a token, a health, and a memory of when they were last used (monotonic seconds)."""

    def __init__(self, token: str, most_requests: float = math.inf) -> None:
        self.token = token
        self.requests = 0
        self.used = time.monotonic()
        self._admission = Admission(most_requests)

    @property
    def busy(self) -> bool:
        """See `Service.busy`."""
        return self._admission.busy > 0

    @contextmanager
    def _work(self, answers: int = 1) -> Iterator[None]:
        """Count a request, and the answers it wants as under way."""
        self.used = time.monotonic()
        with self._admission.admit(answers):
            self.requests += 1
            try:
                yield
            finally:
                self.used = time.monotonic()

    def _app(self, routes: Sequence[Route]) -> ASGIApp:
        return _guarded(Starlette(routes=routes, exception_handlers=handlers(parted=True)), self.token)

    def _healthy(self, active: int, failure: UnavailableError | None = None) -> Response:
        health = {
            "status": "ok" if failure is None else failure.message.en,
            "active": active,
            "requests": self.requests,
            "idle_s": round(time.monotonic() - self.used, 3),
        }
        return Response(json_bytes(health), 200 if failure is None else 503, media_type="application/json")


class EngineService(_Served):
    """An engine at `/v1/chat/completions`; `/tokens` says how much of its context a conversation takes.

    Args:
        token: the bearer token it wants.
        most_requests: answers under way at once; one more gets a 429.
    """

    def __init__(self, token: str, engine: LoadedEngine, most_requests: int = 64) -> None:
        super().__init__(token, most_requests)
        self._engine = engine

    @property
    def generated(self) -> int:
        """See `Service.generated`."""
        return self._engine.generated

    @property
    def failure(self) -> UnavailableError | None:
        """See `Service.failure`."""
        return self._engine.failure

    async def aclose(self) -> None:
        """See `Service.aclose`."""
        await self._engine.aclose()

    def app(self) -> ASGIApp:
        """See `Service.app`."""
        return self._app(
            [
                Route("/health", self._health),
                Route("/v1/chat/completions", self._chat, methods=["POST"]),
                Route("/tokens", self._tokens, methods=["POST"]),
            ]
        )

    async def _health(self, request: HttpRequest) -> Response:
        return self._healthy(self._engine.active, self._engine.failure)

    async def _chat(self, request: HttpRequest) -> ASGIApp:
        asked = read_chat(await read_json(request, _MOST_BYTES))
        wanted = asked.request(max_tokens=self._engine.context)
        reply = Reply(asked.model or "", wanted.choices, include_usage=asked.include_usage)
        deltas, within = self._engine.generate(wanted), self._work(wanted.choices)
        if asked.stream:
            return EventStream(reply, deltas, within, _SILENCE_S, parted=True)
        with within:
            return json_response(await until_gone(request.receive, reply.whole(deltas)))

    async def _tokens(self, request: HttpRequest) -> Response:
        """Say how many tokens of the context a conversation takes, and how many it leaves to its answer."""
        self.used = time.monotonic()
        wanted = read_chat(await read_json(request, _MOST_BYTES)).request(max_tokens=1)
        context = self._engine.context
        try:
            count = await self._engine.count_tokens(wanted.messages)
        except ContextLengthError:
            count = context
        return json_response({"count": count, "left": context - count})


class KnowledgeService(_Served):
    """An open knowledge base at `/search` and `/passages/ID`.

    Args:
        token: the bearer token it wants.
    """

    generated = 0
    failure = None

    def __init__(self, token: str, knowledge: KnowledgeBase) -> None:
        super().__init__(token)
        self._knowledge = knowledge

    async def aclose(self) -> None:
        """Leave searches to end by themselves: none takes long."""

    def app(self) -> ASGIApp:
        """See `Service.app`."""
        return self._app(
            [
                Route("/health", self._health),
                Route("/search", self._search, methods=["POST"]),
                Route("/passages/{passage_id:path}", self._passage),
            ]
        )

    async def _health(self, request: HttpRequest) -> Response:
        return self._healthy(self._admission.busy)

    async def _search(self, request: HttpRequest) -> Response:
        body = await read_json(request)
        query, top_k = body.get("query"), body.get("top_k", 5)
        if not isinstance(query, str):
            raise fault("query", Text("accepted: text", "应为文字"))
        if not isinstance(top_k, int) or not 1 <= top_k <= _MOST_PASSAGES:
            raise fault("top_k", Text(f"accepted: 1 to {_MOST_PASSAGES}", f"应为 1 到 {_MOST_PASSAGES}"))
        with self._work():
            found = await asyncio.to_thread(self._knowledge.search, query, top_k)
        return json_response({"passages": [passage.model_dump() for passage in found]})

    async def _passage(self, request: HttpRequest) -> Response:
        self.used = time.monotonic()
        found = self._knowledge.get(request.path_params["passage_id"])
        if found is None:
            raise HTTPException(404)
        return json_response(found.model_dump())


def _guarded(app: ASGIApp, token: str) -> ASGIApp:
    """Return the application behind the token."""
    wanted = f"Bearer {token}".encode()

    async def guard(scope: Scope, receive: Receive, send: Send) -> None:
        given = next((value for name, value in scope.get("headers", ()) if name == b"authorization"), b"")
        if scope["type"] == "http" and scope["path"] != "/health" and not hmac.compare_digest(given, wanted):
            message = Text("the token is wrong or missing", "令牌缺失或不正确")
            refusal = error_response(ApiError(401, message, code="invalid_api_key"))
            await refusal(scope, receive, send)
            return
        await app(scope, receive, send)

    return guard
