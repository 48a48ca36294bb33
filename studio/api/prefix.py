"""The path that a proxy puts in front of every other: `/user/me/proxy/7860`."""

from __future__ import annotations

import re

from starlette.datastructures import Headers
from starlette.types import ASGIApp, Receive, Scope, Send

from studio.api.settings import Settings, is_loopback
from studio.core.errors import InputError
from studio.core.text import Text

_PREFIX = re.compile(r"(/(?!\.{1,2}(/|$))[\w.~%@+-]+)*", re.ASCII)


class Prefix:
    """Tells whatever is inside that it stands behind a prefix, whether the proxy takes that off the path or leaves it on.

    The prefix is the operator's own (`--root-path`), else what the proxy says in `X-Forwarded-Prefix`, which is believed
    of this machine and of the proxies that the operator lists. Inside, `path` has it and `root_path` is it, as ASGI
    asks: `route_path` is what is left.
    """

    def __init__(self, app: ASGIApp, settings: Settings) -> None:
        self._app = app
        self._given = settings.root_path
        self._proxies = settings.proxies

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        prefix = self._prefix(scope) if scope["type"] in ("http", "websocket") else ""
        if prefix:
            path = scope["path"].removeprefix(prefix) if _below(prefix, scope["path"]) else scope["path"]
            path = prefix + (path or "/")
            scope = {**scope, "root_path": prefix, "path": path, "raw_path": path.encode()}
        await self._app(scope, receive, send)

    def _prefix(self, scope: Scope) -> str:
        if self._given:
            return self._given
        said = Headers(scope=scope).get("x-forwarded-prefix", "").partition(",")[0].strip().rstrip("/")
        client = (scope.get("client") or ("", 0))[0]
        trusted = is_loopback(client) or client in self._proxies
        return said if trusted and _PREFIX.fullmatch(said) else ""


def read_prefix(given: str) -> str:
    """Return an operator's prefix without its last slash; empty where there is none.

    Raises:
        InputError: it is no path.
    """
    prefix = given.strip().rstrip("/")
    if not _PREFIX.fullmatch(prefix):
        raise InputError(
            Text(f"given '{given}', accepted: a path, like /studio", f"现为“{given}”，应写成路径，如 /studio"),
            where="--root-path",
        )
    return prefix


def route_path(scope: Scope) -> str:
    """Return a request's path without the prefix of a proxy."""
    prefix: str = scope.get("root_path", "")
    path: str = scope["path"]
    return path.removeprefix(prefix) if _below(prefix, path) else path


def _below(prefix: str, path: str) -> bool:
    return path == prefix or path.startswith(f"{prefix}/")
