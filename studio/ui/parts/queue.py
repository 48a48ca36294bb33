"""What waits, in order: for a device, for its time, for another run."""

from __future__ import annotations

from markupsafe import Markup

from studio.runs import queue
from studio.runs.kinds import kind_title
from studio.runs.view import waits_for
from studio.ui.context import Context
from studio.ui.html import fill, join
from studio.ui.panel.waiting import Line, buttons
from studio.ui.parts.base import Part, Query

_MOST = 20


def version(context: Context, query: Query) -> str:
    line = queue.line(context.workspace)
    return f"{len(line)}|{hash(tuple((run.id, ticket) for run, ticket in line[:_MOST]))}"


def render(context: Context, query: Query) -> dict[str, Markup]:
    line = queue.line(context.workspace)
    if not line:
        return {"queue": Markup()}
    more = len(line) - _MOST
    items = join(_item(context, place, line) for place in range(1, min(len(line), _MOST) + 1))
    return {
        "queue": fill(
            '<section class="queue"><h3>{} <small>{}</small></h3><ol>{}</ol>{}</section>',
            context.say("Waiting", "排队中"),
            len(line),
            items,
            fill("<p>{}</p>", context.say(f"and {more} more", f"另有 {more} 个")) if more > 0 else Markup(),
        )
    }


def _item(context: Context, place: int, line: Line) -> Markup:
    run, ticket = line[place - 1]
    return fill(
        '<li><a href="#runs={}"><strong>{}</strong><span class="kind">{}</span></a><span class="stage">{}</span>'
        '<span class="actions">{}</span></li>',
        run.id,
        run.name or run.id,
        context.text(kind_title(run.kind)),
        context.text(waits_for(context.workspace, run, ticket, place)),
        join(buttons(context, run, line)),
    )


PART = Part(version, render)
