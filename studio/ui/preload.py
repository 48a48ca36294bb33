"""What the page will need, named in the header of its answer: Gradio puts our tags into the document only seconds later."""

from __future__ import annotations

from collections.abc import Mapping

from starlette.datastructures import MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from studio.ui import scripts


class Preload:
    """ASGI middleware that adds `Link` to the page's own answers; relative, so that it holds behind any prefix.

    Args:
        bases: where the page's own routes lie, seen from each of its paths.
    """

    def __init__(self, app: ASGIApp, bases: Mapping[str, str]) -> None:
        self._app = app
        self._links = {path: scripts.link(base) for path, base in bases.items()}

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        path = scope.get("path", "").removeprefix(scope.get("root_path", "")) if scope["type"] == "http" else ""
        link = self._links.get(path)
        if link is None:
            await self._app(scope, receive, send)
            return

        async def sent(message: Message) -> None:
            if message["type"] == "http.response.start":
                MutableHeaders(scope=message).append("Link", link)
            await send(message)

        await self._app(scope, receive, sent)
