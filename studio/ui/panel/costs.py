"""What a run costs on a rented machine, and the alarm before the rental ends."""

from __future__ import annotations

import time

from markupsafe import Markup

from studio.runs import bill as bills
from studio.runs.directory import Run, Status
from studio.runs.rental import Rental, read_rental
from studio.runs.view import View
from studio.ui.context import Context
from studio.ui.html import fill, notice


def bill(context: Context, run: Run, seen: View) -> Markup:
    """Return what the run has cost and what is to come; empty where no price is known."""
    words = context.text(bills.spent(read_rental(), run, seen))
    return fill('<p class="note bill">{}</p>', words) if words else Markup()


def alarm(context: Context, seen: View) -> Markup:
    """Return that the machine will be gone before the run is done, or soon."""
    words = bills.alarm(read_rental(), seen)
    return notice(context.text(words)) if words else Markup()


def pulse(status: Status) -> str:
    """Return what tells whether either would read otherwise than before: money runs on by the minute."""
    rented = status == "running" and read_rental() != Rental()
    return str(int(time.time() // 60)) if rented else ""
