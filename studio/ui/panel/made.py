"""What a run made, each output shown in its own way."""

from __future__ import annotations

from pathlib import Path

from markupsafe import Markup

from studio.runs.directory import Run
from studio.ui.context import Context
from studio.ui.html import fill, join
from studio.ui.outputs import OUTPUTS


def outputs(context: Context, run: Run) -> Markup:
    """Return the outputs of a finished run; other runs it points to are its steps, and stand there."""
    result = run.result() or {}
    shown = []
    for name in result.get("outputs") or {}:
        path = run.output(name)
        if path is None or not path.exists() or run.path.resolve() not in path.resolve().parents:
            continue
        known = OUTPUTS.find(name)
        shown.append(known.show(context, run, path) if known else _plain(run, path))
    return fill('<div class="outputs">{}</div>', join(shown)) if shown else Markup()


def tells(run: Run) -> bool:
    """Say whether one of the outputs shows what the run's last metrics say."""
    named = (run.result() or {}).get("outputs") or {}
    return any(known.tells for name in named if (known := OUTPUTS.find(name)) is not None)


def _plain(run: Run, path: Path) -> Markup:
    return fill('<div class="output"><code>{}</code></div>', path.relative_to(run.path.parent).as_posix())
