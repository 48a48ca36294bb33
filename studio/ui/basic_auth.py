"""The page's password, where the page is bound to more than this machine."""

from __future__ import annotations

import asyncio
import base64
import binascii
import secrets

from starlette.datastructures import Headers
from starlette.responses import PlainTextResponse
from starlette.types import ASGIApp, Receive, Scope, Send

from studio.api.prefix import route_path

USER = "studio"
# The endpoint guards itself with API keys; whether the studio is up is no secret.
_OPEN = ("/v1", "/retrieval", "/healthz")


class BasicAuth:
    """Asks for the user `studio` and the password (HTTP Basic) on every path but the endpoint's own."""

    def __init__(self, app: ASGIApp, password: str) -> None:
        self._app = app
        self._expected = f"{USER}:{password}".encode()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "lifespan" or _is_open(route_path(scope)) or self._knows(Headers(scope=scope)):
            await self._app(scope, receive, send)
            return
        if "authorization" in Headers(scope=scope):
            await asyncio.sleep(0.5)  # a guess costs time
        if scope["type"] == "websocket":
            await send({"type": "websocket.close", "code": 1008})
            return
        response = PlainTextResponse(
            "password wanted / 需要密码\n", 401, {"WWW-Authenticate": 'Basic realm="MedQA Studio", charset="UTF-8"'}
        )
        await response(scope, receive, send)

    def _knows(self, headers: Headers) -> bool:
        scheme, _, token = headers.get("authorization", "").partition(" ")
        if scheme.lower() != "basic":
            return False
        try:
            given = base64.b64decode(token, validate=True)
        except binascii.Error:
            return False
        return secrets.compare_digest(given, self._expected)


def _is_open(path: str) -> bool:
    return any(path == opened or path.startswith(f"{opened}/") for opened in _OPEN)
