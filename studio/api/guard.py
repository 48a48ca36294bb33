"""Before any route: a request id on every answer, and a word with whoever comes by a foreign name.

A page on the internet can make a browser send requests to 127.0.0.1, under its own name (DNS rebinding) or as a
cross-site post. Where no key is needed, both are refused: by the Host header and by the Origin header.
"""

from __future__ import annotations

import re
import secrets
from collections.abc import Callable
from urllib.parse import urlsplit

from starlette.datastructures import Headers, MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from studio.api.base import below_v1
from studio.api.keys import KeyStore
from studio.api.prefix import route_path
from studio.api.settings import Settings, is_loopback
from studio.core.text import Text
from studio.openai.body import error_response
from studio.openai.errors import REQUEST_ID, ApiError

_SANE = re.compile(r"[\w.:-]{1,128}", re.ASCII)


class RequestId:
    """Sets `x-request-id` on every answer: the client's own if it is a sane one."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        given = Headers(scope=scope).get("x-request-id", "")
        identifier = given if _SANE.fullmatch(given) else f"req-{secrets.token_hex(12)}"
        scope.setdefault("state", {})["request_id"] = identifier

        async def sending(message: Message) -> None:
            if message["type"] == "http.response.start":
                MutableHeaders(scope=message)["x-request-id"] = identifier
            await send(message)

        await self._app(scope, receive, sending)


class HostGuard:
    """Refuses foreign Host and Origin headers on a loopback endpoint, but for `/v1` once that needs a key."""

    def __init__(self, app: ASGIApp, settings: Settings, guarded: Callable[[Scope], bool]) -> None:
        self._app = app
        self._hosts = settings.hosts
        self._guarded = guarded

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        try:
            if scope["type"] in ("http", "websocket") and "*" not in self._hosts and self._guarded(scope):
                self._check(Headers(scope=scope))
        except ApiError as error:
            if scope["type"] == "http":
                await error_response(error)(scope, receive, send)
            else:
                await send({"type": "websocket.close", "code": 1008})
            return
        await self._app(scope, receive, send)

    def _check(self, headers: Headers) -> None:
        origin = headers.get("origin")
        named = [("Host", f"//{headers.get('host', '')}"), *([("Origin", origin)] if origin is not None else [])]
        for header, address in named:
            host = _host(address)
            if host not in self._hosts and not is_loopback(host):  # no name on the internet is such an address
                raise ApiError(
                    403,
                    Text(
                        f"requests with the {header} '{host or address[:100]}' are refused; to reach the studio under "
                        "that name start it with STUDIO_ALLOWED_HOSTS=NAME, or make an API key",
                        f"拒绝 {header} 为“{host or address[:100]}”的请求；要用这个名称访问，请在启动时设置 "
                        "STUDIO_ALLOWED_HOSTS=名称，或先生成 API 密钥",
                    ),
                    code="host_not_allowed",
                )


def guarded_by_name(settings: Settings, key_store: KeyStore) -> Callable[[Scope], bool]:
    """Return the rule that says which requests are judged by the names they come under."""

    def rule(scope: Scope) -> bool:
        return settings.loopback and not (below_v1(route_path(scope)) and key_store.required())

    return rule


class KeyGuard:
    """Asks for a key and leaves its holder in the request's state."""

    def __init__(self, app: ASGIApp, key_store: KeyStore) -> None:
        self._app = app
        self._key_store = key_store

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "http":
            try:
                holder = self._key_store.holder(Headers(scope=scope).get("authorization", ""))
            except ApiError as error:
                await error_response(error)(scope, receive, send)
                return
            state = scope.setdefault("state", {})
            state["key"] = holder
            REQUEST_ID.set(state.get("request_id", ""))
        await self._app(scope, receive, send)


def _host(address: str) -> str:
    try:
        return (urlsplit(address).hostname or "").lower()
    except ValueError:
        return ""
