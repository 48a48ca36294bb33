"""A run that waits: what one can do about it."""

from __future__ import annotations

import time
from collections.abc import Sequence

from markupsafe import Markup

from studio.runs.directory import Run
from studio.runs.ticket import Ticket
from studio.ui.context import Context
from studio.ui.html import act

Line = Sequence[tuple[Run, Ticket]]


def buttons(context: Context, run: Run, line: Line) -> list[Markup]:
    """Return the buttons of a run that waits: to let it wait less, or longer, or no more.

    Args:
        line: all that wait, the next first, with their tickets.
    """
    now = time.time()
    ticket = next(ticket for other, ticket in line if other.id == run.id)
    if ticket.not_before > now:
        moves = [("now", context.say("Start now", "立即开始"))]
    else:
        due = [other.id for other, its in line if its.not_before <= now]
        place = due.index(run.id)
        moves = [("sooner", context.say("Sooner", "提前"))] if place > 0 else []
        moves += [("later", context.say("Later", "推后"))] if place + 1 < len(due) else []
    ask = (
        context.say(
            f"Cancel “{run.name}”? It will not be repeated any more.", f"取消“{run.name}”？取消后不再定时重复。"
        )
        if ticket.repeats
        else context.say(
            f"Cancel “{run.name}”? It has not begun, and can be resumed.",
            f"取消“{run.name}”？它还没有开始，以后可以继续。",
        )
    )
    cancel = act(run.id, "cancel", context.say("Cancel", "取消排队"), ask)
    return [*(act(run.id, action, words) for action, words in moves), cancel]
