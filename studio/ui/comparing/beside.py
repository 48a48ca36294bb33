"""A table with a column for each run."""

from __future__ import annotations

from collections.abc import Sequence

from markupsafe import Markup

from studio.runs.index import Entry
from studio.ui.comparing.selection import Selection
from studio.ui.html import fill, join

NONE = Markup('<span class="none">–</span>')
"""What stands where a run has no such thing."""


def table(first: str, heads: Sequence[Markup], rows: Sequence[Markup]) -> Markup:
    """Return the table; `first` is said above what its rows are called."""
    head = join(fill('<th scope="col">{}</th>', cell) for cell in heads)
    return fill(
        '<div class="wide"><table class="compares"><thead><tr><th scope="col">{}</th>{}</tr></thead><tbody>{}</tbody></table></div>',
        first,
        head,
        join(rows),
    )


def swatch(told: Selection, entry: Entry) -> Markup:
    """Return a run's colour."""
    return fill('<i class="swatch r{}"></i>', told.colours[entry.id])


def head(told: Selection, entry: Entry) -> Markup:
    """Return what stands above a run's column."""
    return fill('<span class="run">{}{}</span>', swatch(told, entry), told.titles[entry.id])
