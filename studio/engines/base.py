"""What an engine is: a request in, the deltas of its answers out."""

from __future__ import annotations

from collections.abc import AsyncGenerator, Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Protocol

from studio.core.choice import Options
from studio.core.errors import UnavailableError
from studio.core.records import Delta, Message, Request
from studio.core.text import Text

DEFAULT_CONTEXT = 2048


class Engine(Protocol):
    """Whatever answers with one model, in this process or behind a URL."""

    def generate(self, request: Request) -> AsyncGenerator[Delta, None]:
        """Answer a request delta by delta. Closing the generator ends the work behind it.

        Raises:
            ContextLengthError: the prompt is too long.
            InputError: the request is not one that this engine can answer.
            BusyError: it has all the requests it takes.
            UnavailableError: it does not answer, or died while it did.
        """
        ...

    async def score(self, messages: Sequence[Message], continuations: Sequence[str]) -> list[tuple[float, int]]:
        """Return the summed natural log-probability of each continuation as the assistant's words, and its tokens.

        Raises:
            ContextLengthError: the prompt with its longest continuation does not fit.
            InputError: this engine knows no log-probabilities.
        """
        ...

    async def count_tokens(self, messages: Sequence[Message]) -> int:
        """Return how many tokens of the context a conversation takes.

        Raises:
            ContextLengthError: it leaves no room for an answer.
            InputError: the model's chat template refuses it.
        """
        ...

    async def aclose(self) -> None:
        """End what is under way, and let go of the model or the connections. May be called twice."""


class LoadedEngine(Engine, Protocol):
    """An engine whose model is in this process, so that a server can be put around it."""

    @property
    def context(self) -> int:
        """Tokens of prompt and answer together that it takes."""
        ...

    @property
    def active(self) -> int:
        """Answers under way."""
        ...

    @property
    def generated(self) -> int:
        """Tokens generated since it came up."""
        ...

    @property
    def failure(self) -> UnavailableError | None:
        """Why it answers no more; None while it does."""
        ...


@dataclass(frozen=True)
class Backend:
    """A way of serving a model from a run's own process.

    Args:
        title: what the form calls it.
        help: what it is, in a sentence.
        load: `load(folder, max_context, options)` loads the whole model in a folder; `max_context` counts the tokens of
            prompt and answer together. Raises InputError where the folder holds no model that it can load. Its
            libraries are imported inside: the page reads the file as well.
        options: the schema of its own options, which `load` is given.
    """

    title: Text
    help: Text
    load: Callable[[Path, int, Any], LoadedEngine]
    options: type[Options] = Options
