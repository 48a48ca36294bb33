"""The curves of several runs: which metrics they share, and the numbers for the script that draws them, or for a table."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Annotated

from fastapi import APIRouter, Query
from fastapi.responses import JSONResponse, Response, StreamingResponse

from studio.core.errors import InputError
from studio.core.text import Language, Text
from studio.core.workspace import Workspace
from studio.runs.directory import Run, is_run_id
from studio.runs.index import Entry
from studio.ui.comparing.selection import MOST
from studio.ui.comparing.thin import Point, thin
from studio.ui.context import Context
from studio.ui.html import error_notice
from studio.ui.metrics_cache import MetricsCache
from studio.ui.panel.labels import measures, metric_name

_COURSE = 3  # values that make one; fewer stand among the figures
_HEAD = ("run", "name", "metric", "step", "seconds", "value")
_Ids = Annotated[list[str], Query(max_length=MOST)]
_FORMULA = ("=", "+", "-", "@", "\t", "\r")


@dataclass(frozen=True)
class Curve:
    """A metric that several runs measured along the same thing.

    Args:
        metric: its name in the events.
        title: its label.
        along: what its steps count.
        runs: the ids of the runs that measured it.
    """

    metric: str
    title: str
    along: str
    runs: tuple[str, ...]


def curves(context: Context, entries: Sequence[Entry]) -> list[Curve]:
    """Return the metrics that two runs at least have a course of, in the order in which their kinds declare them."""
    held: dict[tuple[str, str], dict[str, int]] = {}
    kinds: dict[tuple[str, str], str] = {}
    for entry in entries:
        courses, said = context.metrics_cache.courses(entry.run), measures(entry.kind)
        declared = {name: number for number, name in enumerate(said.metrics)}
        for name in sorted(courses, key=lambda name: declared.get(name, len(declared))):
            key = (name, context.text(said.along))
            held.setdefault(key, {})[entry.id] = len(courses[name])
            kinds.setdefault(key, entry.kind)
    return [
        Curve(name, metric_name(kinds[name, along], name, context.language), along, tuple(lengths))
        for (name, along), lengths in held.items()
        if len(lengths) > 1 and max(lengths.values()) >= _COURSE
    ]


def points(metrics_cache: MetricsCache, run: Run) -> dict[str, list[Point]]:
    """Return each metric's whole course."""
    courses, seconds = metrics_cache.courses(run), metrics_cache.seconds(run)
    return {name: [(step, seconds[step], value) for step, value in course] for name, course in courses.items()}


def dump(course: Sequence[Point]) -> dict[str, list[float]]:
    """Return a course as the script takes it: three lists of one length, with six figures a number."""
    drawn = thin(course)
    return {
        "steps": [step for step, _, _ in drawn],
        "seconds": [round(seconds, 2) for _, seconds, _ in drawn],
        "values": [float(f"{value:.6g}") for _, _, value in drawn],
    }


def add(routes: APIRouter, workspace: Workspace, metrics_cache: MetricsCache) -> None:
    """Add the routes that give the numbers."""

    @routes.get("/curves")
    def as_json(run: _Ids, lang: Language = "zh") -> Response:
        """Return the courses of some runs, thinned for a plot."""
        found = _found(workspace, run)
        if isinstance(found, InputError):
            return _refusal(workspace, lang, found)
        drawn = {
            item.id: {name: dump(course) for name, course in points(metrics_cache, item).items()} for item in found
        }
        return JSONResponse({"runs": drawn}, headers={"Cache-Control": "no-store"})

    @routes.get("/curves.csv")
    def as_csv(run: _Ids, lang: Language = "zh") -> Response:
        """Return every point of them as a table."""
        found = _found(workspace, run)
        if isinstance(found, InputError):
            return _refusal(workspace, lang, found)
        headers = {"Content-Disposition": 'attachment; filename="curves.csv"', "Cache-Control": "no-store"}
        return StreamingResponse(_table(metrics_cache, found), media_type="text/csv; charset=utf-8", headers=headers)


def _found(workspace: Workspace, ids: Sequence[str]) -> list[Run] | InputError:
    """Return the runs of some ids, or the error that names those that are not here."""
    runs = {id: Run(workspace.runs / id) for id in ids if is_run_id(id)}
    gone = [id for id in ids if id not in runs or not runs[id].path.is_dir()]
    if gone:
        listed = Text(", ".join(gone), "、".join(gone))
        return InputError(Text(f"there is no run {listed.en}", f"没有这次运行：{listed.zh}"))
    return list(runs.values())


def _refusal(workspace: Workspace, language: Language, error: InputError) -> Response:
    return JSONResponse({"notice": error_notice(Context(workspace, language), error)}, 404)


def _table(metrics_cache: MetricsCache, runs: Sequence[Run]) -> Iterator[str]:
    """Yield the table's text, a metric at a time; marked as UTF-8, which spreadsheets do not take for granted."""
    yield "\ufeff" + _lines([_HEAD])
    for run in runs:
        told: Mapping[str, list[Point]] = points(metrics_cache, run)
        for metric, course in told.items():
            lead = (run.id, _text(run.name), _text(metric))
            yield _lines([(*lead, step, round(seconds, 2), value) for step, seconds, value in course])


def _text(value: str) -> str:
    """Return somebody's text as a spreadsheet takes it for text."""
    return f"'{value}" if value.startswith(_FORMULA) else value


def _lines(rows: Sequence[Sequence[object]]) -> str:
    out = io.StringIO()
    csv.writer(out).writerows(rows)
    return out.getvalue()
