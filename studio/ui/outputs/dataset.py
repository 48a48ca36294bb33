"""A dataset: its parts, and its card."""

from __future__ import annotations

from pathlib import Path

from markupsafe import Markup

from studio.core.files import read_json
from studio.runs.directory import Run
from studio.ui.context import Context
from studio.ui.html import fill, join, markdown


def show(context: Context, run: Run, path: Path) -> Markup:
    """Return the number of rows in each part, links to the rows, and the data card folded away."""
    card = path / "card.md"
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
    rejected = path / "rejected.jsonl"
    if rejected.exists() and rejected.stat().st_size:
        counts += fill(
            '<a class="count bad" href="{}file/{}/{}/rejected.jsonl" target="_blank" rel="noopener"><b>!</b><span>{}</span></a>',
            context.base,
            run.id,
            path.name,
            context.say("rejected rows", "被剔除的行"),
        )
    text = markdown(card.read_text(encoding="utf-8")) if card.exists() else Markup()
    folded = (
        fill('<details class="card"><summary>{}</summary><div class="prose">{}</div></details>',
             context.say("Data card", "数据卡片"), text)
        if text
        else Markup()
    )  # fmt: skip
    return fill('<div class="output"><div class="counts">{}</div>{}</div>', counts, folded)


SHOW = show
