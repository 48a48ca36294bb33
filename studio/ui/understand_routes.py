"""What a form asks about the files in it: what each would be understood as, with what the form says of it."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Any

from fastapi import APIRouter, Header
from fastapi.responses import JSONResponse, Response
from markupsafe import Markup
from pydantic import BaseModel, ValidationError

from studio.core.errors import InputError
from studio.core.text import Language, Text
from studio.core.workspace import Workspace
from studio.data.source_file import SourceFile
from studio.runs.references import resolve
from studio.ui.context import Context
from studio.ui.deeds import foreign, refusal
from studio.ui.form.changes import changes
from studio.ui.form.check_table import examined
from studio.ui.form.understanding import Understanding, elsewhere, refused, understand
from studio.ui.guard import guarded


class SourceOnForm(BaseModel):
    """A source as the form has it, and the page's language."""

    lang: Language = "zh"
    source: dict[str, Any]


class FormFiles(BaseModel):
    """All sources as the form has them, what it says of the checks, and the page's language."""

    lang: Language = "zh"
    sources: list[dict[str, Any]]
    clean: dict[str, Any] = {}


def router(workspace: Workspace) -> APIRouter:
    """Return the route."""
    routes = APIRouter()

    @routes.post("/understand")
    def look(asked: SourceOnForm, x_studio: Annotated[str, Header()] = "") -> Response:
        """Say what a source's file is understood as; of a file that a recipe here could not name, why not."""
        context = Context(workspace, asked.lang)
        if not x_studio:
            return refusal(context, foreign(), 403)
        found = guarded(
            context,
            "what a file was understood as",
            lambda: _understood(context, asked.source),
            lambda message: Understanding(message, ""),
        )
        return JSONResponse({"html": found.html, "said": found.said}, headers={"Cache-Control": "no-store"})

    @routes.post("/examine")
    def examine(asked: FormFiles, x_studio: Annotated[str, Header()] = "") -> Response:
        """Say what the checks find in the first rows of the form's files; what is wrong with one is said elsewhere."""
        context = Context(workspace, asked.lang)
        if not x_studio:
            return refusal(context, foreign(), 403)
        html = guarded(context, "what the checks find", lambda: _examined(context, asked), lambda message: message)
        return JSONResponse({"html": html}, headers={"Cache-Control": "no-store"})

    return routes


def _examined(context: Context, asked: FormFiles) -> Markup:
    found = [place for given in asked.sources if (place := _located(context, given)) is not None]
    return examined(context, found, asked.clean) if found else Markup()


def _located(context: Context, given: dict[str, Any]) -> tuple[SourceFile, Path, Path | None] | None:
    """Return a source with its files; None where it is not right, not here, or fetched by the run."""
    try:
        source = SourceFile.model_validate(given)
        files = [source.file, *([source.join.file] if source.join else [])]
        found = [resolve(context.workspace, "file", file) for file in files]
        if any(reference.remote and not reference.revision for reference in found):
            return None
        path, *second = [reference.locate(context.workspace) for reference in found]
    except (ValidationError, InputError):
        return None
    return source, path, second[0] if second else None


def _understood(context: Context, given: dict[str, Any]) -> Understanding:
    try:
        source = SourceFile.model_validate(given)
        if source.corrections is not None:
            places = [resolve(context.workspace, "file", file) for file in (source.file, source.corrections.file)]
            dataset, workbook = (place.locate(context.workspace) for place in places)
            return changes(context, dataset, workbook, source.corrections)
        files = [source.file, *([source.join.file] if source.join else [])]
        found = [resolve(context.workspace, "file", file) for file in files]
        if any(reference.remote and not reference.revision for reference in found):
            return elsewhere(context, source)
        return understand(context, source, *(reference.locate(context.workspace) for reference in found))
    except ValidationError as error:
        return refused(context, _unlike(error))
    except InputError as error:
        return refused(context, error)


def _unlike(error: ValidationError) -> InputError:
    """Return what is wrong with what the recipe says of a file; the form's own check says it in more words."""
    first = error.errors()[0]
    place, said = ".".join(str(part) for part in first["loc"]), str(first["msg"]).removeprefix("Value error, ")
    return InputError(
        Text(f"{place}: {said}", f"{place} 的写法有误（{said}）"),
        Text("Mend it in the recipe (YAML).", "请在配方（YAML）中改正。"),
    )
