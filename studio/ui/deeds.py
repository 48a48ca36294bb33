"""Doing something with the rows of a listing that were picked; and how what cannot be done is refused."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Header
from fastapi.responses import JSONResponse, Response
from pydantic import BaseModel, Field

from studio.core.errors import InputError, StudioError
from studio.core.text import Language, Text
from studio.core.workspace import Workspace
from studio.ui.context import Context
from studio.ui.html import error_notice
from studio.ui.listings import LISTINGS

_MOST = 1000


class Picked(BaseModel):
    """The rows that something is to be done with, and the text that goes along with it."""

    lang: Language = "zh"
    ids: list[str] = Field(max_length=_MOST)
    said: str = Field("", max_length=20_000)


def router(workspace: Workspace) -> APIRouter:
    """Return the route."""
    routes = APIRouter()

    @routes.post("/deed/{name}/{deed}")
    def do(name: str, deed: str, picked: Picked, x_studio: Annotated[str, Header()] = "") -> Response:
        """Do it with all rows for which it can be done, and say of the others why not."""
        context = Context(workspace, picked.lang)
        if not x_studio:
            return refusal(context, foreign(), 403)
        listing = LISTINGS.find(name)
        found = listing.deeds.get(deed) if listing is not None else None
        if found is None or found.does is None:
            return refusal(context, unknown(deed), 404)
        try:
            place = found.does(context, picked.ids, picked.said)
        except StudioError as error:
            return refusal(context, error, 400)
        return JSONResponse({"go": place} if place else {})

    return routes


def refusal(context: Context, error: StudioError, status: int) -> Response:
    """Return why something is not done, as the page shows it."""
    return JSONResponse({"notice": error_notice(context, error)}, status)


def unknown(name: str) -> InputError:
    return InputError(Text(f"there is no '{name}' any more", f"“{name}”已经不在了"))


def foreign() -> InputError:
    return InputError(Text("this can only be asked for from the studio's page", "只能从 MedQA Studio 的页面发起"))
