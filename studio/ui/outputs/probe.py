"""What a probe of a model's weights found: a sentence, the figures, each kind, and what the model completes, masked."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from markupsafe import Markup

from studio.core.files import read_json
from studio.core.text import Text
from studio.runs.directory import Run
from studio.ui.context import Context
from studio.ui.html import fill, join, markdown, notice, table
from studio.ui.outputs.base import Output

_LISTED = 20  # identifiers, those that the model knows best


def show(context: Context, run: Run, path: Path) -> Markup:
    """Return the report; of one that an older studio wrote, its Markdown."""
    about: Mapping[str, Any] = read_json(path / "probe.json") or {}
    card = "probe.zh.md" if context.language == "zh" else "probe.md"
    kinds = about.get("kinds")
    if not isinstance(kinds, list):
        return fill('<div class="output prose">{}</div>', markdown((path / card).read_text(encoding="utf-8")))
    serious = about.get("completed") or about.get("traces")
    place = f"{context.base}file/{run.id}/{path.name}"
    links = join(
        fill('<a class="act" href="{}/{}" target="_blank" rel="noopener">{}</a>', place, name, label)
        for name, label in (
            (card, context.say("Report (Markdown)", "报告（Markdown）")),
            ("probe.json", context.say("Figures (JSON)", "指标（JSON）")),
        )
    )
    return fill(
        '<div class="output probe">{}<div class="counts">{}</div>{}{}<div class="next">{}</div></div>',
        notice(context.text(Text.load(about.get("said", ""))), grade="warn" if serious else "info"),
        join(_counts(context, about)),
        _kinds(context, kinds),
        _known(context, about.get("identifiers") or []),
        links,
    )


def _counts(context: Context, about: Mapping[str, Any]) -> list[Markup]:
    n, completed = about.get("n", 0), about.get("completed", 0)
    ranked, first = about.get("ranked", 0), about.get("first", 0)
    return [
        _count(f"{n:,}", context.say("asked for", "探测")),
        _count(f"{completed:,}", context.say("completed", "逐字补全"), bad=bool(completed)),
        _count(f"{first:,} / {ranked:,}", context.say("ranked first", "排在首位"), bad=bool(about.get("traces"))),
        _count(
            f"{about.get('median_bits', 0.0):.1f}" if ranked else "–",
            context.say("median exposure, bits", "暴露度中位数（比特）"),
        ),
    ]


def _count(figure: str, title: str, bad: bool = False) -> Markup:
    return fill('<span class="count{}"><b>{}</b><span>{}</span></span>', " bad" if bad else "", figure, title)


def _kinds(context: Context, kinds: Sequence[Mapping[str, Any]]) -> Markup:
    head = [
        context.say("Kind", "类型"),
        context.say("Asked for", "探测"),
        context.say("Completed", "逐字补全"),
        context.say("Ranked", "参与排名"),
        context.say("First", "排在首位"),
        context.say("Exposure, bits", "暴露度（比特）"),
    ]
    rows = [
        [
            context.text(Text.load(kind.get("title", ""))),
            *(f"{kind.get(name, 0):,}" for name in ("n", "completed", "ranked", "first")),
            f"{kind.get('median_bits', 0.0):.1f}" if kind.get("ranked") else "–",
        ]
        for kind in kinds
    ]
    return table(head, rows, "reasons")


def _known(context: Context, probed: Sequence[Mapping[str, Any]]) -> Markup:
    """Return the identifiers that the model completes or puts first, as far as they may be shown."""
    known = [
        each for each in probed if each.get("completed") or (each.get("rank") == 1 and each.get("candidates", 1) > 1)
    ]
    if not known:
        return Markup()
    best = sorted(known, key=lambda each: (not each.get("completed"), -each.get("exposure", 0.0)))[:_LISTED]
    head = [
        context.say("Where", "位置"),
        context.say("Text, shown masked", "原文（遮盖显示）"),
        context.say("Completed", "逐字补全"),
        context.say("Rank", "排名"),
    ]
    rows = [
        [
            each.get("row", ""),
            fill('<span class="masked">{}</span>', each.get("shown", "")),
            context.say("yes", "是") if each.get("completed") else context.say("no", "否"),
            f"{each.get('rank')} / {each.get('candidates'):,}" if each.get("candidates", 1) > 1 else "–",
        ]
        for each in best
    ]
    title = context.say(
        f"What it knows best ({len(best)} of {len(known)})", f"记得最清楚的内容（{len(best)} / {len(known)}）"
    )
    return fill("<h4>{}</h4>{}", title, table(head, rows, "known"))


OUTPUT = Output(show, tells=True)
