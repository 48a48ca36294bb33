"""An evaluation's report: the table at a glance, and the whole of it one click away."""

from __future__ import annotations

from pathlib import Path

from markupsafe import Markup

from studio.core.files import read_json
from studio.runs.directory import Run
from studio.ui.context import Context
from studio.ui.html import fill, join
from studio.ui.outputs.base import Output
from studio.ui.panel.scores import scores


def show(context: Context, run: Run, path: Path) -> Markup:
    """Return every system's metrics with their intervals, and links to the report and its details."""
    metrics = read_json(path / "metrics.json") or {}
    systems = metrics.get("systems", metrics.get("contestants"))  # what older reports call them
    glance = scores(context, systems) if isinstance(systems, dict) else Markup()
    place = f"{context.base}file/{run.id}/{path.name}"
    links = [
        (f"report.html?lang={context.language}", context.say("Open the report", "打开报告"), "primary"),
        ("details.jsonl", context.say("Every answer", "全部回答"), ""),
        ("metrics.json", context.say("Figures", "数据"), ""),
    ]
    shown = join(
        fill('<a class="{}" href="{}/{}" target="_blank" rel="noopener">{}</a>', grade, place, name, label)
        for name, label, grade in links
        if (path / name.partition("?")[0]).exists()
    )
    return fill('<div class="output">{}<div class="next">{}</div></div>', glance, shown)


OUTPUT = Output(show, tells=True)
