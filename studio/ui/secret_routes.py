"""Signing in to hubs from the page: a token comes in and never goes out again."""

from __future__ import annotations

from collections.abc import Callable
from typing import Annotated

from fastapi import APIRouter, Header
from fastapi.responses import JSONResponse, Response
from pydantic import BaseModel

from studio.core.errors import StudioError
from studio.core.text import Language, Text
from studio.core.workspace import Workspace
from studio.hubs import signing
from studio.ui.context import Context
from studio.ui.deeds import foreign, refusal
from studio.ui.html import notice


class GivenToken(BaseModel):
    """A token, and the language of whoever gives it. It is not limited here: a refusal of the framework's would repeat it."""

    lang: Language = "zh"
    token: str = ""


def router(workspace: Workspace) -> APIRouter:
    """Return the routes."""
    routes = APIRouter()

    @routes.post("/token/{name}")
    def sign_in(name: str, secret: GivenToken, x_studio: Annotated[str, Header()] = "") -> Response:
        """Keep a token once its hub accepts it."""
        return _answer(Context(workspace, secret.lang), x_studio, lambda: signing.sign_in(name, secret.token))

    @routes.post("/token/{name}/remove")
    def sign_out(name: str, lang: Language = "zh", x_studio: Annotated[str, Header()] = "") -> Response:
        """Remove the token that is kept."""
        return _answer(Context(workspace, lang), x_studio, lambda: signing.sign_out(name))

    return routes


def _answer(context: Context, x_studio: str, act: Callable[[], Text]) -> Response:
    if not x_studio:
        return refusal(context, foreign(), 403)
    try:
        told = act()
    except StudioError as error:
        return refusal(context, error, 400)
    return JSONResponse({"notice": notice(context.text(told), grade="good")})
