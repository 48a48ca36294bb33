"""What waits, in order: for a device, for its time, for another run."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from markupsafe import Markup

from studio.core.text import Text
from studio.runs import queue
from studio.runs.directory import Run
from studio.runs.kinds import kind_title
from studio.runs.ticket import Ticket
from studio.runs.view import waits_for
from studio.ui.context import Context
from studio.ui.html import fill, join
from studio.ui.listings.base import Asked, Column, Listing, Page, in_memory
from studio.ui.panel.waiting import buttons


@dataclass(frozen=True)
class Waiting:
    """A run in the queue: its place from 1, its ticket, and all that wait."""

    place: int
    run: Run
    ticket: Ticket
    line: Sequence[tuple[Run, Ticket]]


def page(context: Context, asked: Asked) -> Page[Waiting]:
    line = queue.line(context.workspace)
    rows = [Waiting(place, run, ticket, line) for place, (run, ticket) in enumerate(line, 1)]
    return in_memory(rows, asked, lambda row: row.run.id, {}, {})


def version(context: Context, asked: Asked) -> str:
    line = queue.line(context.workspace)
    return f"{len(line)}|{hash(tuple((run.id, ticket) for run, ticket in line))}"


def _name(context: Context, row: Waiting) -> Markup:
    kind = context.text(kind_title(row.run.kind))
    return fill('<a href="#runs={}"><strong>{}</strong></a> <span class="kind">{}</span>', row.run.id, row.run.name or row.run.id, kind)  # fmt: skip


def heading(context: Context, asked: Asked) -> Markup:
    count = len(queue.line(context.workspace))
    return fill("<h3>{} <small>{}</small></h3>", context.say("Waiting", "排队中"), count) if count else Markup()


LISTING = Listing[Waiting](
    title=Text("Waiting", "排队中"),
    columns={
        "place": Column(Text("Place", "位次"), lambda context, row: str(row.place), style="number"),
        "name": Column(Text("Name", "名称"), _name, style="long"),
        "waits": Column(
            Text("Waits for", "等待"),
            lambda context, row: context.text(waits_for(context.workspace, row.run, row.ticket, row.place)),
            style="waits keep",
        ),
        "actions": Column(
            Text("", ""),
            lambda context, row: fill('<span class="actions">{}</span>', join(buttons(context, row.run, row.line))),
            style="keep",
        ),
    },
    filters={},
    page=page,
    id=lambda row: row.run.id,
    version=version,
    nothing=lambda context: Markup(),
    heading=heading,
    searched=False,
)
