"""From a request to an answer: which passages, which engine, and how its pieces come back."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator, Awaitable, Callable, Sequence
from contextlib import aclosing
from typing import TypeVar

from studio.api.catalogue import Catalogue, Target
from studio.api.errors import ApiError, from_studio, stopped
from studio.api.keys import Key
from studio.api.ring import ANYONE
from studio.api.schema import ChatRequest, Retrieval
from studio.api.servers import Servers
from studio.api.settings import Settings, read_settings
from studio.core.errors import BusyError, StudioError, UnavailableError
from studio.core.records import Delta, Message, Passage, Sampling
from studio.core.settings import Workspace
from studio.data.prompt import with_passages
from studio.engines.client import EngineClient
from studio.engines.pool import Server

T = TypeVar("T")
_MOST_TOKENS = 1024
_RESERVED_TOKENS = 256  # of the context, for the answer: passages give way before it does
_QUERY_CHARACTERS = 10_000  # more than any search reads


class Gateway:
    """Answers requests with the engines of a workspace, starting those that are not up. Holds no model itself.

    For one event loop, like the connections it keeps.
    """

    def __init__(self, workspace: Workspace, settings: Settings | None = None) -> None:
        self.catalogue = Catalogue(workspace)
        self._servers = Servers(workspace, settings or read_settings())
        self._client = EngineClient()

    async def aclose(self) -> None:
        """Close the connections to the engines."""
        await self._client.aclose()

    def models(self, key: Key = ANYONE) -> list[str]:
        """Return the ids that requests may name."""
        return [target.id for target in self.catalogue.targets(key)]

    async def stream(self, request: ChatRequest, key: Key = ANYONE) -> AsyncGenerator[Delta]:
        """Answer a request for whoever holds a key. Closing the generator ends the work behind it.

        Raises:
            ApiError: the model is unknown or not open to the key, the prompt is too long, the engine cannot be
                started, has too much to do, or fails.
        """
        target = await asyncio.to_thread(self.catalogue.find, request.model or "", key)
        async with aclosing(self.answer(target, request)) as chunks:
            async for chunk in chunks:
                yield chunk

    async def answer(self, target: Target, request: ChatRequest) -> AsyncGenerator[Delta]:
        """Answer a request whose model is found already; see `stream`."""
        try:
            async with aclosing(self._answer(target, request)) as chunks:
                async for chunk in chunks:
                    yield chunk
        except ApiError:
            raise
        except StudioError as error:
            raise from_studio(error) from error

    async def _answer(self, target: Target, request: ChatRequest) -> AsyncGenerator[Delta]:
        turns, sampling = request.turns(), sampling_of(request)
        found = await self._search(target.knowledge, request)
        passages = await self._fitting(target.model, turns, found, min(sampling.max_tokens, _RESERVED_TOKENS))
        begun = False
        async with aclosing(self._pieces(target.model, shown(turns, passages), sampling, request.choices)) as pieces:
            async for piece in pieces:
                if piece.finish_reason in ("error", "cancelled"):
                    raise stopped()
                cited = () if begun and piece.finish_reason is None else passages
                begun = True
                yield Delta(piece.text, piece.finish_reason, piece.usage, cited, piece.index)

    async def _fitting(
        self, model: str, turns: Sequence[Message], found: tuple[Passage, ...], reserved: int
    ) -> tuple[Passage, ...]:
        """Return as many passages, best first, as the context has room for beside so many tokens of an answer."""

        async def fits(count: int) -> bool:
            messages = shown(turns, found[:count])
            return await self._asked(lambda server: self._client.left(server, messages), model=model) >= reserved

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

    async def _search(self, knowledge: str, request: ChatRequest) -> tuple[Passage, ...]:
        """Return the passages for a request, best first; none where nothing is asked."""
        wanted = request.retrieval or Retrieval()
        asked = [turn.content for turn in request.turns() if turn.role == "user"]
        query = (asked[-1] if wanted.query is None and asked else wanted.query or "")[:_QUERY_CHARACTERS]
        if not knowledge or not query.strip():
            return ()
        return tuple(
            await self._asked(lambda server: self._client.search(server, query, wanted.top_k), knowledge=knowledge)
        )

    async def _asked(self, ask: Callable[[Server], Awaitable[T]], model: str = "", knowledge: str = "") -> T:
        """Return what a server answers; one that does not may just have ended, being idle, and another is asked."""
        server = await self._servers.get(model, knowledge)
        try:
            return await ask(server)
        except BusyError:
            raise
        except UnavailableError:
            self._servers.forget(server)
        return await ask(await self._servers.get(model, knowledge))

    async def _pieces(
        self, model: str, messages: Sequence[Message], sampling: Sampling, choices: int
    ) -> AsyncGenerator[Delta]:
        for attempt in (1, 2):
            server = await self._servers.get(model)
            begun = False
            try:
                async with aclosing(self._client.astream(server, messages, sampling, choices)) as pieces:
                    async for piece in pieces:
                        begun = True
                        yield piece
                return
            except BusyError:
                raise
            except UnavailableError:
                self._servers.forget(server)  # it may just have ended, being idle
                if begun or attempt == 2:
                    raise


def sampling_of(request: ChatRequest) -> Sampling:
    """Return how an answer is drawn; without a temperature it is not drawn at all, so that it can be repeated."""
    return Sampling(
        max_tokens=request.most_tokens or _MOST_TOKENS,
        temperature=request.temperature or 0.0,
        top_p=1.0 if request.top_p is None else request.top_p,
        stop=request.stop,
        seed=request.seed,
    )


def shown(turns: Sequence[Message], passages: Sequence[Passage]) -> list[Message]:
    """Return the conversation with the passages in front of its last user message."""
    last = max((index for index, turn in enumerate(turns) if turn.role == "user"), default=-1)
    return [
        Message(role=turn.role, content=with_passages(turn.content, passages)) if index == last else turn
        for index, turn in enumerate(turns)
    ]
