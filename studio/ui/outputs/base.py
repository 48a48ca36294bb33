"""What shows an output, and what to do with it next."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from markupsafe import Markup

from studio.runs.directory import Run
from studio.runs.kinds import KINDS
from studio.ui.context import Context
from studio.ui.html import fill, join


@dataclass(frozen=True)
class Output:
    """How a named output of a run stands in the panel.

    Args:
        show: returns an output (a folder or file inside the run's directory) as HTML.
        tells: whether it says what the run's last metrics say, so that these need not stand beside it.
    """

    show: Callable[[Context, Run, Path], Markup]
    tells: bool = False


def next_steps(context: Context, sort: str, name: str) -> Markup:
    """Return a link to the form of each kind that goes on from a thing of a sort; the link chooses it there."""
    introductions = [kind.introduction for kind in KINDS.all().values() if kind.introduction is not None]
    following = sorted((item for item in introductions if sort in item.follows), key=lambda item: item.order)
    return join(
        fill('<a href="#{}={}:{}">{}</a>', item.tab, sort, name, context.text(item.follows[sort])) for item in following
    )
