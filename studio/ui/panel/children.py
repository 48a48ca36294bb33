"""The runs that a run started: a pipeline's steps, and what of them reported."""

from __future__ import annotations

from markupsafe import Markup

from studio.core.workspace import Workspace
from studio.runs.directory import Run
from studio.runs.index import Entry
from studio.runs.store import RunStore
from studio.ui.context import Context
from studio.ui.html import fill, join
from studio.ui.panel.line import line
from studio.ui.panel.made import outputs


def children(workspace: Workspace, run: Run) -> list[Entry]:
    """Return the runs a run started or took over that are here, in their order, each once."""
    store = RunStore(workspace)
    return [child for name in run.began() if (child := store.entry(name)) is not None]


def steps(context: Context, run: Run) -> Markup:
    """Return a line for each of them; nothing where there are none."""
    below = children(context.workspace, run)
    if not below:
        return Markup()
    lines = fill('<div class="latest">{}</div>', join(line(context, child) for child in below))
    return lines + join(outputs(context, child.run) for child in below if child.output("report"))
