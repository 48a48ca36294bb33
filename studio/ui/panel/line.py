"""A run on one line, leading to its panel."""

from __future__ import annotations

from markupsafe import Markup

from studio.runs.directory import Run
from studio.runs.view import view
from studio.ui.context import Context
from studio.ui.html import fill
from studio.ui.panel.head import kind_title, state, times


def line(context: Context, run: Run) -> Markup:
    """Return status, name, kind, how far it is where it runs, and when it began."""
    status = run.status()
    bar = Markup()
    if status == "running":
        seen = view(run)
        bar = fill('<span class="stage">{}</span>', context.text(seen.stage))
        if seen.progress.total:
            share = min(1.0, seen.progress.done / seen.progress.total)
            bar += fill('<span class="track"><i style="width:{:.1f}%"></i></span>', share * 100)
    return fill(
        '<a class="line" href="#runs={}">{}<strong>{}</strong><span class="kind">{}</span>{}<span class="times">{}</span></a>',
        run.id,
        state(context, run, status),
        run.name or run.id,
        kind_title(context, run.kind),
        bar,
        times(context, run),
    )


def pulse(run: Run) -> str:
    """Return what tells whether a line would read otherwise than before."""
    try:
        size = run.events_file.stat().st_size
    except FileNotFoundError:
        size = -1
    return f"{run.id}:{run.status()}:{run.stop_asked()}:{size}"
