"""What shows an output."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from markupsafe import Markup

from studio.runs.directory import Run
from studio.ui.context import Context


@dataclass(frozen=True)
class Output:
    """How a named output of a run stands in the panel.

    Args:
        show: returns an output (a folder or file inside the run's directory) as HTML.
        tells: whether it says what the run's last metrics say, so that these need not stand beside it.
    """

    show: Callable[[Context, Run, Path], Markup]
    tells: bool = False
