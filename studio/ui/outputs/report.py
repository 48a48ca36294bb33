"""An evaluation's report: the table at a glance, and the whole of it one click away."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from markupsafe import Markup

from studio.core.files import read_json
from studio.runs.directory import Run
from studio.ui.context import Context
from studio.ui.html import fill, join, table
from studio.ui.outputs._output import Output
from studio.ui.panel.words import metric_name


def show(context: Context, run: Run, path: Path) -> Markup:
    """Return every contestant's metrics with their intervals, and links to the report and its details."""
    metrics = read_json(path / "metrics.json") or {}
    contestants = metrics.get("contestants")
    glance = _table(context, contestants) if isinstance(contestants, dict) else Markup()
    place = f"{context.base}file/{run.id}/{path.name}"
    links = [
        ("report.html", context.say("Open the report", "打开报告"), "primary"),
        ("details.jsonl", context.say("Every answer", "全部回答"), ""),
        ("metrics.json", context.say("Figures", "数据"), ""),
    ]
    shown = join(
        fill('<a class="{}" href="{}/{}" target="_blank" rel="noopener">{}</a>', grade, place, name, label)
        for name, label, grade in links
        if (path / name).exists()
    )
    return fill('<div class="output">{}<div class="next">{}</div></div>', glance, shown)


def _table(context: Context, contestants: dict[str, Any]) -> Markup:
    names = list(dict.fromkeys(metric for values in contestants.values() for metric in values))
    best = {
        name: max((values[name]["value"] for values in contestants.values() if name in values), default=None)
        for name in names
    }
    head = [context.say("Contestant", "选手"), *(metric_name(name, context.language) for name in names)]
    rows = [[who, *(_cell(values.get(name), best[name]) for name in names)] for who, values in contestants.items()]
    return table(head, rows, "scores")


def _cell(value: dict[str, Any] | None, best: float | None) -> Markup:
    if value is None:
        return fill('<span class="none">–</span>')
    shown = f"{value['value']:.3f}" if abs(value["value"]) < 10 else f"{value['value']:.1f}"
    interval = ""
    if value.get("low") is not None and value.get("high") is not None:
        interval = f"{value['low']:.2f}–{value['high']:.2f}"
    return fill('<b class="{}">{}</b><small>{}</small>', "best" if value["value"] == best else "", shown, interval)


OUTPUT = Output(show, tells=True)
