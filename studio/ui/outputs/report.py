"""An evaluation's report: what was found, a chart, the table, and the whole of it one click away."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from markupsafe import Markup

from studio.core.files import read_json
from studio.core.text import Text
from studio.evaluation.contamination import heed
from studio.runs.directory import Run
from studio.ui.context import Context
from studio.ui.html import fill, join, notice
from studio.ui.outputs.base import Output
from studio.ui.panel.findings import findings
from studio.ui.panel.intervals import intervals
from studio.ui.panel.scores import scores


def show(context: Context, run: Run, path: Path) -> Markup:
    """Return what was found, every system's metrics with their intervals, and links to the report and its details."""
    metrics = read_json(path / "metrics.json") or {}
    said = metrics.get("systems", metrics.get("contestants"))  # what older reports call them
    systems = said if isinstance(said, dict) else {}
    heeded = heed(metrics)
    place = f"{context.base}file/{run.id}/{path.name}"
    links = [
        (f"report.html?lang={context.language}", context.say("Open the report", "打开报告"), "act primary"),
        ("details.jsonl", context.say("Every answer", "全部回答"), "act"),
        ("metrics.json", context.say("Figures (JSON)", "指标（JSON）"), "act"),
    ]
    shown = join(
        fill('<a class="{}" href="{}/{}" target="_blank" rel="noopener">{}</a>', grade, place, name, label)
        for name, label, grade in links
        if (path / name.partition("?")[0]).exists()
    )
    questions = fill(
        '<a class="act" href="#questions={}">{}</a>', run.id, context.say("Question by question", "逐题查看")
    )
    return fill(
        '<div class="output report">{}{}<div class="next">{}{}</div>{}{}{}</div>',
        notice(context.text(heeded)) if heeded is not None else Markup(),
        findings(context, metrics),
        shown,
        questions,
        intervals(context, systems),
        scores(context, systems),
        _learned(context, metrics),
    )


def _learned(context: Context, metrics: Mapping[str, Any]) -> Markup:
    """Return which questions the models have learned from, and the figures on the others."""
    found = metrics.get("contamination")
    if not isinstance(found, dict):
        return Markup()
    said = join(fill("<p>{}</p>", context.text(Text.load(text))) for text in found.get("said", ()))
    again = found.get("systems")
    if not isinstance(again, dict) or not again or found.get("clean") == metrics.get("n"):
        return fill('<div class="learned">{}</div>', said)
    title = context.say(f"On the {found['clean']:,} clean questions", f"去除学过的题目后，共 {found['clean']:,} 题")
    return fill('<div class="learned">{}<h4>{}</h4>{}</div>', said, title, scores(context, again))


OUTPUT = Output(show, tells=True)
