"""What the page's script asks for: live parts, logs, files of runs, and the few actions on a run."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated

from fastapi import APIRouter, Header, Query
from fastapi.responses import FileResponse, JSONResponse, PlainTextResponse, Response
from markupsafe import Markup
from pydantic import BaseModel, Field

from studio.core.errors import StudioError
from studio.core.text import Language
from studio.core.workspace import Workspace
from studio.runs import control, launch, queue, removal
from studio.runs.directory import Run
from studio.runs.kinds import stays_up
from studio.runs.store import RunStore
from studio.training import checkpoints
from studio.ui import (
    archive,
    asset_routes,
    deeds,
    export_routes,
    logs,
    outfiles,
    secret_routes,
    token_routes,
    understand_routes,
    upload_routes,
)
from studio.ui.comparing import curves
from studio.ui.context import Context
from studio.ui.deeds import foreign, refusal, unknown
from studio.ui.guard import guarded
from studio.ui.html import error_notice
from studio.ui.lines import LineCache
from studio.ui.machine import Gauge
from studio.ui.metrics_cache import MetricsCache
from studio.ui.parts import PARTS
from studio.ui.parts.base import Part
from studio.ui.starters import STARTERS

_MOST_PARTS = 50
_FAILED = "failed"


@dataclass(frozen=True)
class _Asked:
    """What an act on a run is given besides: the ids of the runs that its button has named as still in need of it, and
    the checkpoint that it is about."""

    despite: Sequence[str] = ()
    at: str = ""


_ACTIONS: dict[str, Callable[[Workspace, Run, _Asked], object]] = {
    "stop": lambda workspace, run, _: control.ask(run),
    "force": lambda workspace, run, _: control.force(workspace, run),
    "resume": lambda workspace, run, asked: launch.resume(workspace, run, asked.at),
    "remove": lambda workspace, run, asked: removal.remove(workspace, run, asked.despite),
    "keep": lambda workspace, run, asked: checkpoints.keep(run.path, asked.at),
    "release": lambda workspace, run, asked: checkpoints.release(run.path, asked.at),
    "now": lambda workspace, run, _: queue.move(workspace, run, 1),
    "sooner": lambda workspace, run, _: queue.move(workspace, run, queue.position(workspace, run) - 1),
    "later": lambda workspace, run, _: queue.move(workspace, run, queue.position(workspace, run) + 1),
    "cancel": lambda workspace, run, _: queue.cancel(workspace, run),
}
# A report is a page that others' text went into: it may run its own scripts, in an origin of its own, and load nothing.
_REPORT_POLICY = "sandbox allow-scripts allow-popups; default-src 'none'; style-src 'unsafe-inline'; script-src 'unsafe-inline'; img-src data:; font-src data:"


class LookedPart(BaseModel):
    """A part that a browser shows: its name, what it is asked for, and the version of it that is there."""

    name: str
    query: dict[str, str] = {}
    have: str = ""


class Looked(BaseModel):
    """The parts that are seen on a page, and its language."""

    lang: Language = "zh"
    parts: list[LookedPart] = Field(max_length=_MOST_PARTS)


def router(workspace: Workspace) -> APIRouter:
    """Return the routes under `/studio`."""
    routes = APIRouter(prefix="/studio", include_in_schema=False)
    parts = PARTS.all()
    metrics_cache, line_cache, gauge = MetricsCache(), LineCache(), Gauge()
    routes.include_router(asset_routes.router())
    for inside in (deeds, upload_routes, understand_routes, token_routes, archive, export_routes, secret_routes):
        routes.include_router(inside.router(workspace))

    @routes.post("/parts")
    def look(looked: Looked) -> Response:
        """Return the slices of each part that is looked at, or null where the browser has them as they are."""
        context = Context(workspace, looked.lang, metrics_cache, line_cache, gauge)
        drawn = [_drawn(context, parts, part) for part in looked.parts]
        said = {"parts": drawn, "busy": _busy(workspace), "made": _made(workspace)}
        return JSONResponse(said, headers={"Cache-Control": "no-store"})

    curves.add(routes, workspace, metrics_cache)

    @routes.get("/log/{run}")
    def log(run: str, since: Annotated[int, Query(ge=-1)] = -1) -> Response:
        """Return what a log says from a byte offset on (-1: its tail), and the offset to go on from."""
        found = outfiles.find(workspace, run)
        if found is None:
            return JSONResponse({}, 404)
        return JSONResponse(logs.follow(found.log_file, since).dump(), headers={"Cache-Control": "no-store"})

    @routes.get("/file/{run}/{path:path}")
    def file(run: str, path: str) -> Response:
        """Return a file that a run has for others: its log, its recipe, or something inside an output."""
        found = outfiles.find(workspace, run)
        target = outfiles.locate(found, path) if found else None
        return _serve(target) if target else PlainTextResponse("no such file / 没有这个文件\n", 404)

    @routes.post("/run/{run}/{action}")
    def act(
        run: str,
        action: str,
        despite: Annotated[Sequence[str], Query()] = (),
        at: str = "",
        lang: Language = "zh",
        x_studio: Annotated[str, Header()] = "",
    ) -> Response:
        """Ask a run to stop, end it by force, resume or remove it; move one that waits, or cancel it; keep a checkpoint."""
        context = Context(workspace, lang)
        found = outfiles.find(workspace, run)
        if not x_studio:
            return refusal(context, foreign(), 403)
        if found is None or action not in _ACTIONS:
            return refusal(context, unknown(run), 404)
        try:
            _ACTIONS[action](workspace, found, _Asked(despite, at))
        except StudioError as error:
            return refusal(context, error, 400)
        return JSONResponse({})

    @routes.post("/start/{name}/{argument:path}")
    def start(name: str, argument: str, lang: Language = "zh", x_studio: Annotated[str, Header()] = "") -> Response:
        """Start something that needs no form: the demo, a model's fetching."""
        context = Context(workspace, lang)
        if not x_studio:
            return refusal(context, foreign(), 403)
        if name not in STARTERS:
            return refusal(context, unknown(name), 404)
        try:
            return JSONResponse({"run": STARTERS[name](workspace, argument).id})
        except StudioError as error:
            return refusal(context, error, 400)

    return routes


def _drawn(context: Context, parts: Mapping[str, Part], looked: LookedPart) -> dict[str, object] | None:
    part = parts.get(looked.name)
    if part is None:
        return _said(error_notice(context, unknown(looked.name)))

    def draw() -> dict[str, object] | None:
        version = part.version(context, looked.query)
        return {"version": version, "slices": part.render(context, looked.query)} if version != looked.have else None

    return guarded(context, f"part {looked.name}", draw, _said, logged=looked.have == _FAILED)


def _said(message: Markup) -> dict[str, object] | None:
    """Return a part that is nothing but a message."""
    return {"version": _FAILED, "slices": {_FAILED: message}}


def _busy(workspace: Workspace) -> bool:
    """Tell whether anything is at work, so that what is seen may change soon; a server that is up is not."""
    return any(run.process() is not None and not stays_up(run.kind) for run in RunStore(workspace).active())


def _made(workspace: Workspace) -> str:
    """Return what changes whenever a run has made something, or is removed."""
    ended = [entry.ended for entry in RunStore(workspace).entries() if entry.ended_as == "finished"]
    return f"{len(ended)} {max(ended, default=0)}"


def _serve(path: Path) -> Response:
    headers = {"X-Content-Type-Options": "nosniff", "Cache-Control": "no-store"}
    if path.suffix == ".html":
        headers["Content-Security-Policy"] = _REPORT_POLICY
        return FileResponse(path, media_type="text/html; charset=utf-8", headers=headers)
    if path.suffix in (".txt", ".jsonl", ".json", ".md", ".yaml", ".csv"):
        return FileResponse(path, media_type="text/plain; charset=utf-8", headers=headers)
    return FileResponse(path, media_type="application/octet-stream", filename=path.name, headers=headers)
