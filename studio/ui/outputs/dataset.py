"""A dataset: how many rows each part holds, and how many were rejected."""

from __future__ import annotations

from pathlib import Path

from markupsafe import Markup

from studio.core.files import read_json
from studio.runs.directory import Run
from studio.ui.context import Context
from studio.ui.html import fill, join
from studio.ui.outputs._output import Output


def show(context: Context, run: Run, path: Path) -> Markup:
    """Return the number of rows in each part and of those rejected, each leading to the rows."""
    about = read_json(path / "dataset.json") or {}
    splits = about.get("splits")
    parts = splits if isinstance(splits, dict) else {}
    counts = join(
        fill(
            '<a class="count" href="{}file/{}/{}/{}.jsonl" target="_blank" rel="noopener"><b>{:,}</b><span>{}</span></a>',
            context.base,
            run.id,
            path.name,
            name,
            int(count),
            name,
        )
        for name, count in parts.items()
    )
    rejected = about.get("rejected")
    if isinstance(rejected, int) and rejected:
        counts += fill(
            '<a class="count bad" href="{}file/{}/{}/rejected.jsonl" target="_blank" rel="noopener"><b>{:,}</b><span>{}</span></a>',
            context.base,
            run.id,
            path.name,
            rejected,
            context.say("rejected rows", "被剔除的行"),
        )
    return fill('<div class="output"><div class="counts">{}</div></div>', counts)


OUTPUT = Output(show, tells=True)
