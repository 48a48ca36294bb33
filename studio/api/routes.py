"""The paths of the endpoint."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass

from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response
from starlette.types import ASGIApp

from studio.api.body import read_json
from studio.api.completion import Head, parts, whole
from studio.api.flow import until_gone
from studio.api.gateway import Gateway
from studio.api.keys import Key
from studio.api.limits import Limiter
from studio.api.ring import ANYONE
from studio.api.schema import read_request
from studio.api.settings import Settings
from studio.api.sse import EventStream, frames
from studio.api.wire import json_bytes

Handler = Callable[[Request], Awaitable[ASGIApp]]


@dataclass(frozen=True)
class Routes:
    """The handlers, and what they share."""

    gateway: Gateway
    limiter: Limiter
    settings: Settings

    def paths(self) -> list[tuple[str, str, Handler]]:
        """Return method, path under `/v1` and handler of each."""
        return [
            ("GET", "/models", self.models),
            ("GET", "/models/{id:path}", self.model),
            ("POST", "/chat/completions", self.chat),
        ]

    async def models(self, request: Request) -> ASGIApp:
        """List the models that are here, and their pairs with the knowledge bases that the key opens."""
        return reply({"object": "list", "data": await asyncio.to_thread(self._cards, _key(request))})

    async def model(self, request: Request) -> ASGIApp:
        """Describe one model."""
        identifier, catalogue = request.path_params["id"], self.gateway.catalogue
        if not identifier:
            raise HTTPException(404)
        target = await asyncio.to_thread(catalogue.find, identifier, _key(request))
        [card] = await asyncio.to_thread(catalogue.cards, [target])
        return reply(card)

    async def chat(self, request: Request) -> ASGIApp:
        """Answer a conversation, streamed or whole."""
        asked = read_request(await read_json(request))
        target = await asyncio.to_thread(self.gateway.catalogue.find, asked.model or "", _key(request))
        head = Head(target.id, asked.choices, cited=bool(target.knowledge))
        chunks = self.limiter.admit(self.gateway.answer(target, asked))
        if asked.stream:
            documents = parts(head, chunks, asked.include_usage)
            return EventStream(frames(documents), self.settings.silence_s)
        return reply(await until_gone(request.receive, whole(head, chunks)))

    def _cards(self, key: Key) -> list[dict[str, object]]:
        catalogue = self.gateway.catalogue
        return catalogue.cards(catalogue.targets(key))


async def health(request: Request) -> Response:
    """Say that the endpoint is up."""
    return reply({"status": "ok"})


def reply(document: object) -> Response:
    return Response(json_bytes(document), media_type="application/json")


def _key(request: Request) -> Key:
    key = request.scope.get("state", {}).get("key", ANYONE)
    assert isinstance(key, Key)
    return key
