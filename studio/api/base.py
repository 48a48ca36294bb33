"""What a verb is: one thing the endpoint does, at a path of its own."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass

from starlette.requests import Request as HttpRequest
from starlette.types import ASGIApp

from studio.answering.gateway import Gateway
from studio.api.keys import ANYONE, Key
from studio.api.settings import Settings
from studio.openai.admission import Admission

V1 = "/v1"
"""What is below it needs a key once there is one; what is not is for everybody who comes by an allowed name."""


@dataclass(frozen=True)
class Resources:
    """What the verbs share."""

    gateway: Gateway
    admission: Admission
    settings: Settings


@dataclass(frozen=True)
class Verb:
    """One entry of the table that drives mount and guards.

    Args:
        method: HTTP method.
        path: whole path, as Starlette writes it; `V1` in front means that it needs a key.
        answer: what the path answers with: a response, or a stream.
    """

    method: str
    path: str
    answer: Callable[[Resources, HttpRequest], Awaitable[ASGIApp]]

    @property
    def keyed(self) -> bool:
        """Whether it needs a key once there is one."""
        return below_v1(self.path)


def below_v1(path: str) -> bool:
    """Tell whether a path is one that keys guard."""
    return path == V1 or path.startswith(f"{V1}/")


def key_of(request: HttpRequest) -> Key:
    """Return whose request it is."""
    key = request.scope.get("state", {}).get("key", ANYONE)
    assert isinstance(key, Key)
    return key
