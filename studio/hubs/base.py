"""What a hub is: where it is, how it lists what it has, and what its refusals mean."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from pathlib import Path, PurePosixPath
from typing import Any, Literal, Protocol

import httpx

from studio.core.registry import Registry
from studio.core.text import Text

RepositorySort = Literal["models", "datasets"]


class Refusal(StrEnum):
    """Why a hub does not give what it is asked for; each has a mend of its own."""

    GATED = "gated"  # its terms are to be accepted first
    MISSING = "missing"
    REVISION = "revision"
    UNAUTHORISED = "unauthorised"  # the token is not accepted
    FORBIDDEN = "forbidden"  # the token is, but not for this
    RATE = "rate"
    OFFLINE = "offline"
    CUT = "cut"
    WRONG = "wrong"  # other bytes than it said
    ASTRAY = "astray"  # it leads where nothing is asked
    OTHER = "other"


class RefusedError(Exception):
    """A hub refuses. Never shown: `studio.hubs.words` says it.

    Args:
        wait_s: the seconds that it asks to wait.
    """

    def __init__(self, refusal: Refusal, said: str = "", wait_s: float = 0.0) -> None:
        super().__init__(f"{refusal}: {said}")
        self.refusal = refusal
        self.said = said
        self.wait_s = wait_s


@dataclass(frozen=True)
class Repository:
    """What is asked for: `OWNER/NAME` on a hub, at a revision (empty: the newest)."""

    id: str
    sort: RepositorySort = "models"
    revision: str = ""


@dataclass(frozen=True)
class HubFile:
    """A file that a hub has.

    Args:
        size: bytes.
        sha256: hex, of its content; empty where the hub names none.
    """

    path: str
    size: int
    url: str
    sha256: str = ""


@dataclass(frozen=True)
class HubListing:
    """What a hub has of a repository.

    Args:
        revision: the very state that is listed.
        card: what its README declares, as far as the hub tells it.
    """

    revision: str
    files: tuple[HubFile, ...]
    card: Mapping[str, Any] = field(default_factory=dict)


def is_safe(path: str) -> bool:
    """Tell whether a file's path stays inside its folder and is not hidden."""
    parts = PurePosixPath(path).parts
    return bool(parts) and not PurePosixPath(path).is_absolute() and not any(part.startswith(".") for part in parts)


class HubAsking(Protocol):
    """Asks a hub, with the user's token where it may go there."""

    @property
    def base(self) -> str:
        """The hub's address, without a slash at its end."""
        ...

    def ask(self, url: str, method: str = "GET") -> httpx.Response:
        """Return a good answer. Raises RefusedError."""
        ...


def _bearer(token: str) -> dict[str, str]:
    return {"Authorization": f"Bearer {token}"}


@dataclass(frozen=True)
class HubAccount:
    """Whose token a hub wants, and where it comes from.

    Args:
        name: what commands call it: the hub that gives the tokens out.
        variable: of the environment, which goes before what is kept.
        form: the page on which a user makes a token.
        whoami: the path below the hub's address that tells whose token it is.
        client: the file in which the hub's own client keeps one; None where that is none to read.
        headers: `headers(token)` are those that it is sent in.
    """

    name: str
    title: Text
    variable: str
    form: str
    whoami: str
    client: Callable[[], Path | None] = lambda: None
    headers: Callable[[str], Mapping[str, str]] = _bearer


@dataclass(frozen=True)
class Hub:
    """A hub.

    Args:
        title: what a user calls it.
        order: its place among those that are tried.
        endpoint: its address; empty where it is not to be tried.
        account: whose token goes there.
        trusted: whether the user has chosen this address, so that the token may be sent to it.
        listing: `listing(asking, repository)` returns what it has. Raises RefusedError.
        refusal: what an answer that is none means.
        page: `page(repository)` is the address of the repository's page.
        mend: what to do where it cannot be reached.
    """

    title: Text
    order: int
    endpoint: Callable[[], str]
    account: HubAccount
    listing: Callable[[HubAsking, Repository], HubListing]
    refusal: Callable[[httpx.Response, bool], Refusal]
    page: Callable[[Repository], str]
    mend: Text
    trusted: Callable[[], bool] = lambda: True


HUBS: Registry[Hub] = Registry("studio.hubs.places", "HUB", Text("hub", "模型库"), Hub)


def hub_names() -> list[str]:
    """Return the hubs in the order in which they are tried."""
    return sorted(HUBS.all(), key=lambda name: HUBS.load(name).order)
