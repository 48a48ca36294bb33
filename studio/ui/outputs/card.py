"""A data card, folded away."""

from __future__ import annotations

from pathlib import Path

from markupsafe import Markup

from studio.runs.directory import Run
from studio.ui.context import Context
from studio.ui.html import fill, markdown
from studio.ui.outputs.base import Output


def show(context: Context, run: Run, path: Path) -> Markup:
    """Return the card's Markdown as HTML, in the page's language where it was written in several."""
    own = path.with_suffix(f".{context.language}.md")
    chosen = own if own.is_file() else path
    return fill(
        '<details class="card output"><summary>{}</summary><div class="prose">{}</div></details>',
        context.say("Data card", "数据卡片"),
        markdown(chosen.read_text(encoding="utf-8")),
    )


OUTPUT = Output(show)
