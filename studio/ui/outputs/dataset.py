"""A dataset: how many rows each part holds, and how many were rejected."""

from __future__ import annotations

from pathlib import Path

from markupsafe import Markup

from studio.core.files import read_json
from studio.data.dataset_folder import SPLITS
from studio.runs.directory import Run
from studio.ui.context import Context
from studio.ui.html import fill, join
from studio.ui.outputs.base import Output, next_steps


def show(context: Context, run: Run, path: Path) -> Markup:
    """Return the number of rows in each part and of those rejected, each leading to its first rows; the files to download."""
    about = read_json(path / "dataset.json") or {}
    splits = about.get("splits")
    parts = splits if isinstance(splits, dict) else {}
    names = {str(name): context.say(str(name), SPLITS[name].zh if name in SPLITS else str(name)) for name in parts}
    counts = join(_count(context, run, path, name, int(parts[name]), title) for name, title in names.items())
    rejected = about.get("rejected")
    if isinstance(rejected, int) and rejected:
        names["rejected"] = context.say("rejected rows", "被剔除的行")
        counts += _count(context, run, path, "rejected", rejected, names["rejected"], "bad")
    files = join(
        fill('<a href="{}file/{}/{}/{}.jsonl" download="{}-{}.jsonl">{}</a>',
             context.base, run.id, path.name, name, run.name, name, title)
        for name, title in names.items()
    )  # fmt: skip
    return fill(
        '<div class="output"><div class="counts">{}</div><div class="next">{}</div>'
        '<div class="next"><span>{}</span>{}</div></div>',
        counts,
        next_steps(context, "dataset", run.name),
        context.say("Download", "下载"),
        files,
    )


def _count(context: Context, run: Run, path: Path, name: str, count: int, title: str, grade: str = "") -> Markup:
    """Return a number of rows, leading to the first of them."""
    return fill(
        '<a class="count {}" href="{}rows/{}/{}/{}.jsonl?lang={}" target="_blank" rel="noopener"><b>{:,}</b><span>{}</span></a>',
        grade,
        context.base,
        run.id,
        path.name,
        name,
        context.language,
        count,
        title,
    )


OUTPUT = Output(show, tells=True)
