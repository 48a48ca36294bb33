"""What shows an output."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from markupsafe import Markup

from studio.runs.directory import Run
from studio.ui.context import Context

Show = Callable[[Context, Run, Path], Markup]
"""Returns an output (a folder or file inside the run's directory) as HTML."""
