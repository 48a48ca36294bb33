"""What shows an output, and what to do with it next."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from markupsafe import Markup

from studio.runs.directory import Run
from studio.runs.kind import Introduction
from studio.runs.kinds import KINDS
from studio.ui.companions import companions
from studio.ui.context import Context
from studio.ui.html import fill, join
from studio.ui.wanted import link


@dataclass(frozen=True)
class Output:
    """How a named output of a run stands in the panel.

    Args:
        show: returns an output (a folder or file inside the run's directory) as HTML.
        tells: whether it says what the run's last metrics say, so that these need not stand beside it.
    """

    show: Callable[[Context, Run, Path], Markup]
    tells: bool = False


def next_steps(context: Context, sort: str, name: str, run: Run | None = None, first: bool = True) -> Markup:
    """Return a button to the form of each kind that goes on from a thing of a sort; it chooses it there, with what goes with it.

    Args:
        run: what made the thing, and so tells what goes with it.
        first: whether no other step stands before them, so that the first of them stands out.
    """
    introductions = [kind.introduction for kind in KINDS.all().values() if kind.introduction is not None]
    following = sorted(
        (item for item in introductions if sort in item.follows), key=lambda item: (item.aside, item.order)
    )
    return join(
        step(_link(context, item, (sort, name), run), context.text(item.follows[sort]), first and index == 0)
        for index, item in enumerate(following)
    )


def step(place: str, words: str, first: bool = False) -> Markup:
    """Return a button that leads to a place on the page; the first one of a thing stands out."""
    return fill('<a class="act{}" href="{}">{}</a>', " primary" if first else "", place, words)


def _link(context: Context, introduction: Introduction, thing: tuple[str, str], run: Run | None) -> str:
    others = companions(context, introduction.tab, run) if run is not None else []
    return link(introduction.tab, thing, *(item for item in others if item[0] != thing[0]))
