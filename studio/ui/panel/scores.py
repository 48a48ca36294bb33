"""Systems beside each other: a row each, a column a metric, with intervals and groups under the figures."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from markupsafe import Markup

from studio.scoring.scorers import SCORERS
from studio.ui.context import Context
from studio.ui.html import fill, join, table
from studio.ui.panel.labels import score_name

Figures = Mapping[str, Mapping[str, Any]]
"""Metric to `{"value", "low", "high", "n"}`; a metric of one group of questions is called `METRIC/GROUP`."""


def scores(context: Context, systems: Mapping[str, Figures]) -> Markup:
    """Return the table; the best figure of a column stands out where its interval leaves all lower ones behind.

    How many questions a figure rests on stands above its column, or below each figure where they differ.
    """
    if not systems:
        return Markup()
    names = list(dict.fromkeys(name for figures in systems.values() for name in figures if "/" not in name))
    head = [
        context.say("Model and way of asking", "模型与提问方式"),
        *(fill("{}<small>{}</small>", score_name(name, context.language), _count(systems, name)) for name in names),
    ]
    rows = [
        [_who(who), *(_cell(figures, name, _best(systems, name), not _count(systems, name)) for name in names)]
        for who, figures in systems.items()
    ]
    return table(head, rows, "scores")


def _who(system: str) -> Markup:
    """Return a system's name; where it must break, it does so before the mode."""
    return join((fill("{}", part) for part in system.split(":")), ":<wbr>")


def _count(systems: Mapping[str, Figures], name: str) -> str:
    """Return how many questions all figures of a column rest on; empty where they differ, or are not known."""
    counts = {figures[name].get("n") for figures in systems.values() if name in figures}
    return f"n={counts.pop()}" if len(counts) == 1 and None not in counts else ""


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
        low, high = found["low"], found["high"]
        interval = f"{low * 100:.0f}–{high * 100:.0f}%" if _is_share(name) else f"{low:.2f}–{high:.2f}"
    groups = join(
        fill("<small>{} {}</small>", key.partition("/")[2], _shown(name, value["value"]))
        for key, value in figures.items()
        if key.startswith(f"{name}/") and value.get("value") is not None
    )
    if counted and found.get("n") is not None:
        interval = ", ".join(filter(None, (interval, f"n={found['n']}")))
    grade = "best" if found["value"] == best else ""
    return fill('<b class="{}">{}</b><small>{}</small>{}', grade, _shown(name, found["value"]), interval, groups)


def _shown(metric: str, value: float) -> str:
    """Return a figure as the report writes it: shares in per cent, the others from 0 to 1.

    >>> _shown("accuracy", 0.26315), _shown("rouge_l", 0.26315)
    ('26.3%', '0.263')
    """
    return f"{value * 100:.1f}%" if _is_share(metric) else f"{value:.3f}"


def _is_share(metric: str) -> bool:
    scorer = SCORERS.find(metric)
    return scorer is None or scorer.binary
