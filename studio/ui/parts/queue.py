"""What waits, in order: for a device, for its time, for another run."""

from __future__ import annotations

from markupsafe import Markup

from studio.runs import queue
from studio.runs.directory import Run
from studio.runs.kinds import kind_title
from studio.runs.view import view
from studio.ui.context import Context
from studio.ui.html import fill, join
from studio.ui.panel.waiting import buttons
from studio.ui.parts.base import Part, Query

_MOST = 20


def version(context: Context, query: Query) -> str:
    line = queue.waiting(context.workspace)
    return f"{len(line)}|{hash(tuple((run.id, view(run).stage.en) for run in line[:_MOST]))}"


def render(context: Context, query: Query) -> dict[str, Markup]:
    line = queue.waiting(context.workspace)
    if not line:
        return {"queue": Markup()}
    more = len(line) - _MOST
    return {
        "queue": fill(
            '<section class="queue"><h3>{} <small>{}</small></h3><ol>{}</ol>{}</section>',
            context.say("Waiting", "排队中"),
            len(line),
            join(_item(context, run, line) for run in line[:_MOST]),
            fill("<p>{}</p>", context.say(f"and {more} more", f"另有 {more} 个")) if more > 0 else Markup(),
        )
    }


def _item(context: Context, run: Run, line: list[Run]) -> Markup:
    return fill(
        '<li><a href="#runs={}"><strong>{}</strong><span class="kind">{}</span></a><span class="stage">{}</span>'
        '<span class="actions">{}</span></li>',
        run.id,
        run.name or run.id,
        context.text(kind_title(run.kind)),
        context.text(view(run).stage),
        join(buttons(context, run, line)),
    )


PART = Part(version, render)
