"""From a request to its answers: which passages, which engine, and how the deltas come back."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator, Awaitable, Callable, Sequence
from contextlib import aclosing
from dataclasses import replace
from typing import Any, TypeVar

from pydantic import ValidationError

from studio.answering.catalogue import Allowed, Catalogue, anything
from studio.answering.engine_pool import EnginePool
from studio.answering.system import Target
from studio.core.errors import BusyError, UnavailableError
from studio.core.records import Delta, Message, Passage, Request, Retrieval
from studio.core.workspace import Workspace
from studio.data.prompt import with_passages
from studio.engines.pool import Server
from studio.engines.remote import RemoteEngine
from studio.openai.client import Client, connections
from studio.openai.errors import broken

T = TypeVar("T")
_RESERVED_TOKENS = 256  # of the context, for the answer: passages give way before it does
_QUERY_CHARACTERS = 10_000  # more than any search reads


class Gateway:
    """Answers requests with the engines of a workspace, starting those that are not up. Holds no model itself.

    For one event loop, like the connections it keeps.

    Args:
        idle_minutes: minutes without a request after which an engine that was started here ends.
        most_engines: models and knowledge bases that start by themselves and are up at once.
    """

    def __init__(self, workspace: Workspace, idle_minutes: float = 10.0, most_engines: int = 6) -> None:
        self.catalogue = Catalogue(workspace)
        self._pool = EnginePool(workspace, idle_minutes, most_engines)
        self._http = connections()

    async def aclose(self) -> None:
        """Close the connections to the engines."""
        await self._http.aclose()

    async def find(self, identifier: str, allowed: Allowed = anything) -> Target:
        """Return what a model id names; see `Catalogue.find`."""
        return await asyncio.to_thread(self.catalogue.find, identifier, allowed)

    async def stream(self, model: str | Target, request: Request) -> AsyncGenerator[Delta, None]:
        """Answer a request. Closing the generator ends the work behind it.

        Args:
            model: an id that anybody may use, or what `find` returned for it.

        Raises:
            UnknownModelError: there is no such model or knowledge base.
            ContextLengthError: the prompt is too long.
            InputError: the model cannot be served, or the request not be answered.
            UnavailableError: the engine does not start, has too much to do, or fails.
        """
        target = await self.find(model) if isinstance(model, str) else model
        passages = await self._passages(target, request)
        asked = replace(request, messages=tuple(shown(request.messages, passages)), retrieval=None)
        begun = False
        for attempt in (1, 2):
            server = await self._pool.get(target.model)
            try:
                async with aclosing(self._engine(server).generate(asked)) as deltas:
                    async for delta in deltas:
                        cited = bool(passages) and not (begun and delta.finish_reason is None)
                        begun = True
                        yield replace(delta, passages=passages) if cited else delta
                return
            except BusyError:
                raise
            except UnavailableError:
                self._pool.forget(server)  # it may just have ended, being idle
                if begun or attempt == 2:
                    raise

    async def _passages(self, target: Target, request: Request) -> tuple[Passage, ...]:
        """Return the passages for a request, best first, as many as the context has room for beside the answer."""
        wanted = request.retrieval or Retrieval()
        asked = [turn.content for turn in request.messages if turn.role == "user"]
        query = (asked[-1] if wanted.query is None and asked else wanted.query or "")[:_QUERY_CHARACTERS]
        if not target.knowledge or not query.strip():
            return ()
        found = await self._asked(
            lambda server: _search(self._client(server), query, wanted.top_k), knowledge=target.knowledge
        )
        reserved = min(request.sampling.max_tokens, _RESERVED_TOKENS)

        async def fits(count: int) -> bool:
            messages = shown(request.messages, found[:count])
            return await self._asked(lambda server: self._engine(server).room(messages), target.model) >= reserved

        if not found or await fits(len(found)):
            return found
        # Few passages may fit, or none; and where the question alone is too long the engine will say so.
        fitting, over = 0, len(found)
        if not await fits(fitting):
            return ()
        while over - fitting > 1:
            middle = (fitting + over) // 2
            fitting, over = (middle, over) if await fits(middle) else (fitting, middle)
        return found[:fitting]

    async def _asked(self, ask: Callable[[Server], Awaitable[T]], model: str = "", knowledge: str = "") -> T:
        """Return what a server answers; one that does not may just have ended, being idle, and another is asked."""
        server = await self._pool.get(model, knowledge)
        try:
            return await ask(server)
        except BusyError:
            raise
        except UnavailableError:
            self._pool.forget(server)
        return await ask(await self._pool.get(model, knowledge))

    def _client(self, server: Server) -> Client:
        return Client(self._http, server.url, server.token, ours=True)

    def _engine(self, server: Server) -> RemoteEngine:
        return RemoteEngine(self._client(server), server.model)


def shown(turns: Sequence[Message], passages: Sequence[Passage]) -> list[Message]:
    """Return the conversation with the passages in front of its last user message."""
    last = max((index for index, turn in enumerate(turns) if turn.role == "user"), default=-1)
    return [
        Message(role=turn.role, content=with_passages(turn.content, passages)) if index == last else turn
        for index, turn in enumerate(turns)
    ]


async def _search(client: Client, query: str, top_k: int) -> tuple[Passage, ...]:
    """Return a served knowledge base's best passages, best first."""
    # A large reranker on a slow machine takes its time, and has no way to say so.
    found: Any = await client.post("/search", {"query": query, "top_k": top_k}, slow=True)
    try:
        return tuple(Passage.model_validate(item) for item in found["passages"])
    except (KeyError, TypeError, ValidationError) as error:
        raise broken(client.url, str(found)[:80]) from error
