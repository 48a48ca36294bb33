"""Systems beside each other as points with their intervals, a row each, on one scale."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from markupsafe import Markup

from studio.scoring.scorers import SCORERS
from studio.ui.context import Context
from studio.ui.html import fill, join
from studio.ui.panel.labels import score_help, score_name
from studio.ui.panel.scores import Figures, shown, who

_ENDS = (0.1, 0.2, 0.4, 0.6, 0.8)
_MOST = 2


def intervals(context: Context, systems: Mapping[str, Figures]) -> Markup:
    """Return a chart for each of the first metrics that say right or wrong; nothing of what has no intervals."""
    names = dict.fromkeys(name for figures in systems.values() for name in figures)
    wanted = [name for name in names if (scorer := SCORERS.find(name)) is not None and scorer.binary][:_MOST]
    charts = [_chart(context, name, rows) for name in wanted if (rows := _rows(systems, name))]
    if not charts:
        return Markup()
    note = context.say(
        "The dot is the estimate, the bar its 95% confidence interval. Where bars overlap widely, the difference may be chance.",
        "圆点是估计值，横条是 95% 置信区间；横条大幅重叠时，差别可能只是偶然。",
    )
    return fill('<div class="charts">{}</div><p class="note">{}</p>', join(charts), note)


def _rows(systems: Mapping[str, Figures], name: str) -> list[tuple[str, Mapping[str, Any]]]:
    found = [(system, figures[name]) for system, figures in systems.items() if name in figures]
    return [(system, figure) for system, figure in found if _whole(figure)]


def _whole(figure: Mapping[str, Any]) -> bool:
    return all(isinstance(figure.get(key), int | float) for key in ("value", "low", "high"))


def _chart(context: Context, name: str, rows: Sequence[tuple[str, Mapping[str, Any]]]) -> Markup:
    """Return a metric's chart; its scale ends where all intervals do, so that small figures can be told apart."""
    highest = max(float(figure["high"]) for _, figure in rows)
    end = next((end for end in _ENDS if highest <= end), 1.0)
    counts = {figure.get("n") for _, figure in rows}
    same = len(counts) == 1 and None not in counts
    lines = join(_line(context, name, system, figure, end, not same) for system, figure in rows)
    scale = join(fill("<span>{:.0f}%</span>", 100 * end * share) for share in (0.0, 0.5, 1.0))
    return fill(
        '<figure class="intervals"><figcaption><span title="{}">{}</span><small>{}</small></figcaption><ul>{}</ul>'
        '<div class="scale" aria-hidden="true">{}</div></figure>',
        score_help(name, context.language),
        score_name(name, context.language),
        f"n = {rows[0][1]['n']}" if same else "",
        lines,
        scale,
    )


def _line(context: Context, name: str, system: str, figure: Mapping[str, Any], end: float, counted: bool) -> Markup:
    value, low, high = (float(figure[key]) for key in ("value", "low", "high"))
    said = context.say(f"95% CI {low:.0%} to {high:.0%}", f"95% 置信区间 {low:.0%} 至 {high:.0%}")
    return fill(
        '<li title="{said}"><span class="who">{who}</span><span class="range" role="img" aria-label="{said}">'
        '<i style="left:{left:.2f}%;width:{width:.2f}%"></i><b style="left:{dot:.2f}%"></b></span>'
        '<span class="value">{value}{n}</span></li>',
        said=said,
        who=who(system),
        left=100 * low / end,
        width=100 * (high - low) / end,
        dot=100 * value / end,
        value=shown(name, value),
        n=fill(" <small>n = {}</small>", figure["n"]) if counted and figure.get("n") is not None else "",
    )
