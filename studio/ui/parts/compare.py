"""Several runs beside each other: their curves, the settings in which they differ, and their figures."""

from __future__ import annotations

from urllib.parse import urlencode

from markupsafe import Markup

from studio.runs.store import RunStore
from studio.ui.comparing.beside import head
from studio.ui.comparing.curves import curves
from studio.ui.comparing.differences import differences
from studio.ui.comparing.figures import figures
from studio.ui.comparing.plots import controls, frames
from studio.ui.comparing.roster import adding, notes, roster
from studio.ui.comparing.selection import selected
from studio.ui.context import Context
from studio.ui.panel.line import pulse
from studio.ui.parts.base import Part, Query

_VIEW = ("smooth", "scale", "x")  # how the curves are drawn: the script reads it, and a link keeps it


def version(context: Context, query: Query) -> str:
    entries = RunStore(context.workspace).entries()
    told = selected(context.workspace, query.get("run", ""))
    wish = [query.get(name, "") for name in ("run", *_VIEW)]
    pulses = [pulse(context, entry) for entry in told.entries]
    return f"{entries[0].id if entries else ''}|{len(entries)}|{hash((*wish, *pulses))}"


def render(context: Context, query: Query) -> dict[str, Markup]:
    told = selected(context.workspace, query.get("run", ""))
    view = urlencode([(name, query[name]) for name in _VIEW if query.get(name)])
    entries = told.entries
    slices = {
        "runs": roster(context, told, view),
        "add": adding(context, told),
        "words": notes(context, told),
        "view": Markup(),
        "curves": Markup(),
        "settings": Markup(),
        "figures": Markup(),
    }
    if len(entries) < 2:
        return slices
    shared = curves(context, entries)
    heads = [head(told, entry) for entry in entries]
    return slices | {
        "view": controls(context) if shared else Markup(),
        "curves": frames(context, told, shared),
        "settings": differences(context, entries, heads),
        "figures": figures(context, entries, heads),
    }


PART = Part(version, render)
