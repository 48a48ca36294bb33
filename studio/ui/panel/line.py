"""A run on one line, leading to its panel."""

from __future__ import annotations

from markupsafe import Markup

from studio.runs.index import Entry
from studio.runs.kinds import kind_title
from studio.runs.stall import silence
from studio.runs.store import RunStore
from studio.runs.view import view
from studio.ui.context import Context
from studio.ui.html import fill
from studio.ui.panel.head import state, times


def line(context: Context, entry: Entry) -> Markup:
    """Return status, name, kind, how far it is where it runs, and when it began."""
    status = RunStore(context.workspace).status(entry)
    bar = Markup()
    if status in ("running", "queued"):
        seen = view(entry.run)
        bar = fill('<span class="stage">{}</span>', context.text(seen.stage))
        if seen.progress.total:
            share = min(1.0, seen.progress.done / seen.progress.total)
            bar += fill('<span class="track" aria-hidden="true"><i style="width:{:.1f}%"></i></span>', share * 100)
    return fill(
        '<a class="line" href="#runs={}">{}<strong>{}</strong><span class="kind">{}</span>{}<span class="times">{}</span></a>',
        entry.id,
        state(context, entry.run, status),
        entry.name or entry.id,
        context.text(kind_title(entry.kind)),
        bar,
        times(context, entry),
    )


def pulse(context: Context, entry: Entry) -> str:
    """Return what tells whether a line would read otherwise than before."""
    if entry.ended_as is not None:
        return f"{entry.id}:{entry.ended_as}"
    try:
        size = entry.run.events_file.stat().st_size
    except FileNotFoundError:
        size = -1
    status = RunStore(context.workspace).status(entry)
    stalled = status == "running" and silence(entry.run) is not None
    return f"{entry.id}:{status}:{entry.run.stop_asked()}:{stalled}:{size}"
