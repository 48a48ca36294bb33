"""The page's HTML as it is sent: with our tags at its top, which Gradio's script would put there only once it is at work."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Mapping

from fastapi import APIRouter
from fastapi.responses import Response
from starlette.datastructures import MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from studio.ui.gradio_files import GradioFiles

_LINK = r'<link rel="stylesheet" crossorigin href="\./assets/{}">'
_TOP = '<base href="./" />'  # addresses behind it are those of the page
# a script of 6 KB that fits a page into a frame around it: not fetched where there is none
_FRAME = "document.head.appendChild(script);"


class PageHead:
    """ASGI middleware that writes into the page's own answers.

    Args:
        heads: what belongs into the head of each of its paths.
        files: Gradio's own, which these heads bring.
    """

    def __init__(self, app: ASGIApp, heads: Mapping[str, str], files: GradioFiles) -> None:
        self._app = app
        self._heads = heads
        self._brought = re.compile("|".join(_LINK.format(re.escape(name)) for name in files.styles) or "(?!)")

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        path = scope.get("path", "").removeprefix(scope.get("root_path", "")) if scope["type"] == "http" else ""
        if path not in self._heads or scope["method"] != "GET":
            await self._app(scope, receive, send)
            return
        started: list[Message] = []
        body = bytearray()

        async def sent(message: Message) -> None:
            if message["type"] == "http.response.start":
                started.append(message)
                return
            body.extend(message.get("body", b""))
            if message.get("more_body", False):
                return
            html = self._written(path, bytes(body)) if started[0]["status"] == 200 else bytes(body)
            MutableHeaders(scope=started[0])["Content-Length"] = str(len(html))
            await send(started[0])
            await send({"type": "http.response.body", "body": html})

        await self._app(scope, receive, sent)

    def _written(self, path: str, html: bytes) -> bytes:
        text = html.decode()
        before, top, after = text.partition(_TOP)
        if not top:
            before, top, after = text.partition("<head>")
        after = self._brought.sub("", after)
        framed = after.replace(_FRAME, f"if (window.parent !== window) {_FRAME}", 1)
        return f"{before}{top}{self._heads[path]}{framed}".encode()


class Sheet:
    """Gradio's styles as one, under an address that changes with them."""

    def __init__(self, files: GradioFiles) -> None:
        self._css = files.css()
        self._name = f"gradio/{hashlib.sha256(self._css.encode()).hexdigest()[:12]}.css"

    def tag(self, base: str) -> str:
        """Return the tag that loads it; `base` is where the page's own routes lie, from the page."""
        return f'<link rel="stylesheet" href="{base}{self._name}">'

    def router(self) -> APIRouter:
        """Return its route."""
        routes = APIRouter(prefix="/studio")

        @routes.get(f"/{self._name}", include_in_schema=False)
        def sheet() -> Response:
            headers = {"Cache-Control": "public, max-age=31536000, immutable"}
            return Response(self._css, media_type="text/css; charset=utf-8", headers=headers)

        return routes
