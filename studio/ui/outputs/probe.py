"""What a probe of a model's weights found."""

from __future__ import annotations

from pathlib import Path

from markupsafe import Markup

from studio.runs.directory import Run
from studio.ui.context import Context
from studio.ui.html import fill, markdown
from studio.ui.outputs.base import Output


def show(context: Context, run: Run, path: Path) -> Markup:
    """Return the report's Markdown as HTML, in the page's language."""
    own = path / ("probe.zh.md" if context.language == "zh" else "probe.md")
    return fill('<div class="output prose">{}</div>', markdown(own.read_text(encoding="utf-8")))


OUTPUT = Output(show)
