"""An engine behind a URL: one of ours, our endpoint, or any that speaks OpenAI's chat completions."""

from __future__ import annotations

from collections.abc import AsyncGenerator, Sequence
from types import TracebackType
from typing import Self
from urllib.parse import urlsplit

from studio.core.errors import ContextLengthError, InputError
from studio.core.records import Delta, Message, Request
from studio.core.text import Text
from studio.openai.client import Client, connections
from studio.openai.errors import broken


class RemoteEngine:
    """Asks a server with connections of its own, or through a client that others use as well.

    For one event loop: connections belong to the one that they were opened in.

    Args:
        url: what the openai client calls `base_url`, or a client that knows it.
        model: the model's name there.
        key: the bearer token; empty sends none.
    """

    def __init__(self, url: str | Client, model: str = "", key: str = "") -> None:
        if isinstance(url, Client):
            self._own, self._client = None, url
        else:
            self._own = connections(secure=urlsplit(url).scheme == "https")
            self._client = Client(self._own, url, key)
        self._model = model

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self.aclose()

    def generate(self, request: Request) -> AsyncGenerator[Delta, None]:
        """See `Engine.generate`. The request is sent when the first delta is asked for, its retrieval with it."""
        return self._client.chat(request, self._model)

    async def score(self, messages: Sequence[Message], continuations: Sequence[str]) -> list[tuple[float, int]]:
        """Raise InputError: chat completions tell nothing of words that the model did not choose."""
        raise InputError(
            Text(
                "an engine behind a URL cannot say how likely a given answer is",
                "通过 URL 访问的引擎无法给出指定回答的概率",
            )
        )

    async def count_tokens(self, messages: Sequence[Message]) -> int:
        """See `Engine.count_tokens`. Only engines of ours can be asked."""
        count, left = await self._tokens(messages)
        if not left:
            raise ContextLengthError.of(count, count, at_least=True)
        return count

    async def room(self, messages: Sequence[Message]) -> int:
        """Return how many tokens of the context a conversation leaves to its answer; 0: it does not fit.

        Raises:
            InputError: the model's template refuses it.
            UnavailableError: the engine does not answer.
        """
        return (await self._tokens(messages))[1]

    async def aclose(self) -> None:
        """Close the connections it opened itself."""
        if self._own is not None:
            await self._own.aclose()

    async def _tokens(self, messages: Sequence[Message]) -> tuple[int, int]:
        found = await self._client.post("/tokens", {"messages": [message.model_dump() for message in messages]})
        try:
            return int(found["count"]), int(found["left"])
        except (KeyError, TypeError, ValueError) as error:
            raise broken(self._client.url, str(found)[:80]) from error
