"""The page's style, its script, whole and in modules, and the libraries that some of them load."""

from __future__ import annotations

from fastapi import APIRouter
from fastapi.responses import FileResponse, PlainTextResponse, Response

from studio.ui import scripts, stylesheet

_TYPES = {".css": "text/css; charset=utf-8", ".js": "text/javascript; charset=utf-8"}


def router() -> APIRouter:
    """Return the route. The address changes with the text, so that browsers may keep what they were given."""
    routes = APIRouter()

    @routes.get("/assets/{edition}/{name}")
    @routes.get("/assets/{edition}/vendor/{library}")
    def asset(edition: str, name: str = "", library: str = "") -> Response:
        """Return a file; to a page of an older edition, as it is now."""
        kept = "public, max-age=31536000, immutable" if edition == scripts.edition() else "no-store"
        headers = {"Cache-Control": kept}
        if name == "style.css":
            return Response(stylesheet.css(), media_type=_TYPES[".css"], headers=headers)
        if name == scripts.LINKED:
            return Response(scripts.linked(), media_type=_TYPES[".js"], headers=headers)
        path = scripts.vendored().get(library) if library else scripts.modules().get(name)
        if path is None:
            return PlainTextResponse("no such file / 没有这个文件\n", 404)
        return FileResponse(path, media_type=_TYPES[path.suffix], headers=headers)

    return routes
