"""Systems beside each other: a row each, a column a metric, with intervals and groups under the figures."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from markupsafe import Markup

from studio.scoring.scorers import SCORERS
from studio.ui.context import Context
from studio.ui.html import fill, join, table
from studio.ui.panel.labels import score_help, score_name

Figures = Mapping[str, Mapping[str, Any]]
"""Metric to `{"value", "low", "high", "n"}`; a metric of one group of questions is called `METRIC/GROUP`."""


def scores(context: Context, systems: Mapping[str, Figures]) -> Markup:
    """Return the table, and the figures by group and what the columns are folded below it.

    The best figure of a column stands out where its interval leaves all lower ones behind. How many questions a figure
    rests on stands above its column, or below each figure where they differ.
    """
    if not systems:
        return Markup()
    names = list(dict.fromkeys(name for figures in systems.values() for name in figures if "/" not in name))
    rows = [
        [who(system), *(_cell(figures, name, _best(systems, name), not _count(systems, name)) for name in names)]
        for system, figures in systems.items()
    ]
    head = [context.say("Model and mode", "模型与提问方式"), *_heads(context, systems, names)]
    return table(head, rows, "scores") + _by_group(context, systems) + _legend(context, names)


def _heads(context: Context, systems: Mapping[str, Figures], names: Sequence[str], group: str = "") -> list[Markup]:
    return [
        fill(
            '<span title="{}">{}</span><small>{}</small>',
            score_help(name, context.language),
            score_name(name, context.language),
            _count(systems, f"{name}{group}"),
        )
        for name in names
    ]


def _by_group(context: Context, systems: Mapping[str, Figures]) -> Markup:
    """Return a table for each group of questions, folded; a group's name is the data's own word, and looks like one."""
    keys = list(dict.fromkeys(name for figures in systems.values() for name in figures if "/" in name))
    groups = dict.fromkeys(key.partition("/")[2] for key in keys)
    tables = []
    for group in groups:
        names = [key.partition("/")[0] for key in keys if key.partition("/")[2] == group]
        rows = [
            [
                who(system),
                *(_cell(figures, f"{name}/{group}", None, not _count(systems, f"{name}/{group}")) for name in names),
            ]
            for system, figures in systems.items()
        ]
        head = [fill('<span class="tag">{}</span>', group), *_heads(context, systems, names, f"/{group}")]
        tables.append(table(head, rows, "scores"))
    return _folded(context.say("By group of questions", "按题目分组"), join(tables)) if tables else Markup()


def _legend(context: Context, names: Sequence[str]) -> Markup:
    """Return what the columns are, folded: what a tooltip says only to those who have a mouse."""
    told = [(name, said) for name in names if (said := score_help(name, context.language))]
    items = join(fill("<dt>{}</dt><dd>{}</dd>", score_name(name, context.language), said) for name, said in told)
    return _folded(context.say("What the columns mean", "各列的含义"), fill("<dl>{}</dl>", items)) if told else Markup()


def _folded(title: str, body: Markup) -> Markup:
    return fill('<details class="legend-of"><summary>{}</summary>{}</details>', title, body)


def who(system: str) -> Markup:
    """Return a system's name; where it must break, it does so before the mode."""
    return join((fill("{}", part) for part in system.split(":")), ":<wbr>")


def _count(systems: Mapping[str, Figures], name: str) -> str:
    """Return how many questions all figures of a column rest on; empty where they differ, or are not known."""
    counts = {figures[name].get("n") for figures in systems.values() if name in figures}
    return f"n = {counts.pop()}" if len(counts) == 1 and None not in counts else ""


def _best(systems: Mapping[str, Figures], name: str) -> float | None:
    found = [figures[name] for figures in systems.values() if figures.get(name, {}).get("value") is not None]
    best = max((figure for figure in found if figure.get("low") is not None), key=_value, default=None)
    if best is None or SCORERS.find(name) is None:
        return None
    others = [_value(figure) for figure in found if _value(figure) != _value(best)]
    return _value(best) if others and all(value < best["low"] for value in others) else None


def _value(figure: Mapping[str, Any]) -> float:
    return float(figure["value"])


def _cell(figures: Figures, name: str, best: float | None, counted: bool) -> Markup:
    found = figures.get(name)
    if found is None or found.get("value") is None:
        return Markup('<span class="none">–</span>')
    interval = ""
    if found.get("low") is not None and found.get("high") is not None:
        interval = between(name, found["low"], found["high"])
    if counted and found.get("n") is not None:
        interval = ", ".join(filter(None, (interval, f"n = {found['n']}")))
    grade = "best" if found["value"] == best else ""
    return fill('<b class="{}">{}</b><small>{}</small>', grade, shown(name, found["value"]), interval)


def shown(metric: str, value: float) -> str:
    """Return a figure as the report writes it: shares in per cent, the others from 0 to 1.

    >>> shown("accuracy", 0.26315), shown("rouge_l", 0.26315)
    ('26.3%', '0.263')
    """
    return f"{value * 100:.1f}%" if is_share(metric) else f"{value:.3f}"


def between(metric: str, low: float, high: float) -> str:
    """Return an interval as the table writes it."""
    return f"{low * 100:.0f}–{high * 100:.0f}%" if is_share(metric) else f"{low:.2f}–{high:.2f}"


def is_share(metric: str) -> bool:
    """Tell whether a metric, or one group's of it, is a share of questions."""
    scorer = SCORERS.find(metric.partition("/")[0])
    return scorer is None or scorer.binary
