"""Dot-and-interval plots as inline SVG whose text stays text, so that every script renders in the reader's fonts."""

from __future__ import annotations

import io
import re
import warnings
from collections.abc import Sequence
from dataclasses import dataclass

import matplotlib
from matplotlib.figure import Figure

_INK, _FAINT = "#1c2430", "#dfe3e8"
_WIDTH_IN, _ROW_IN, _FOOT_IN = 4.6, 0.46, 0.36


@dataclass(frozen=True)
class Dot:
    """One row of a plot: a value with its interval, all on the plot's own scale."""

    label: str
    colour: str
    filled: bool
    value: float
    low: float
    high: float
    text: str


def dot_plot(dots: Sequence[Dot], share: bool) -> str:
    """Return an `<svg>` element: one row a system, from the first at the top.

    Args:
        dots: values between 0 and 1.
        share: whether the axis is in per cent; else it is 0 to 1.
    """
    rows = len(dots)
    height = rows * _ROW_IN + _FOOT_IN
    settings = {"svg.fonttype": "none", "svg.hashsalt": "medqa-studio", "font.size": 9.5, "axes.unicode_minus": False}
    with matplotlib.rc_context(settings), warnings.catch_warnings():
        # the browser has the glyphs that matplotlib's own font lacks
        warnings.filterwarnings("ignore", message="Glyph", category=UserWarning)
        figure = Figure(figsize=(_WIDTH_IN, height))
        axes = figure.add_axes((0.02, _FOOT_IN / height, 0.96, 1 - _FOOT_IN / height))
        top = _scale(dots)
        axes.set_xlim(-0.012 * top, 1.012 * top)
        axes.set_ylim(-0.4, rows - 0.3)
        for edge in ("top", "right", "left"):
            axes.spines[edge].set_visible(False)
        axes.spines["bottom"].set_color(_FAINT)
        axes.set_yticks([])
        ticks = [top * step / 4 for step in range(5)]
        axes.set_xticks(ticks, [f"{100 * tick:.0f}%" if share else f"{tick:.2f}" for tick in ticks])
        labels = axes.get_xticklabels()
        labels[0].set_horizontalalignment("left")
        labels[-1].set_horizontalalignment("right")
        axes.tick_params(axis="x", colors="#66707c", length=0, labelsize=8.5)
        for index, dot in enumerate(dots):
            _row(axes, rows - 1 - index, dot, top)
        buffer = io.StringIO()
        figure.savefig(buffer, format="svg", transparent=True, metadata={"Date": None, "Creator": None})
    return _inline(buffer.getvalue(), _WIDTH_IN * 72, height * 72)


def _row(axes: matplotlib.axes.Axes, y: float, dot: Dot, top: float) -> None:
    axes.plot([0, top], [y, y], color=_FAINT, linewidth=0.8, zorder=1)
    axes.plot(
        [dot.low, dot.high], [y, y], color=dot.colour, linewidth=2.2, solid_capstyle="round", alpha=0.55, zorder=2
    )
    face = dot.colour if dot.filled else "#ffffff"
    axes.plot(
        [dot.value],
        [y],
        marker="o",
        markersize=6.5,
        color=dot.colour,
        markerfacecolor=face,
        markeredgewidth=1.5,
        zorder=3,
    )
    axes.text(0, y + 0.17, dot.label, ha="left", va="bottom", color=_INK, fontsize=9, parse_math=False)
    axes.text(top, y + 0.17, dot.text, ha="right", va="bottom", color="#66707c", fontsize=8.5, parse_math=False)


def _scale(dots: Sequence[Dot]) -> float:
    """Return where the axis ends: 1, unless everything is small."""
    highest = max((dot.high for dot in dots), default=1.0)
    return next(end for end in (0.1, 0.2, 0.4, 1.0) if highest <= end or end == 1.0)


def _inline(svg: str, width: float, height: float) -> str:
    """Return the bare element, scalable, without the ids that several plots in one page would share."""
    svg = svg[svg.index("<svg") :]
    svg = re.sub(r"<metadata>.*?</metadata>\s*", "", svg, flags=re.DOTALL)
    svg = re.sub(r' id="[A-Za-z0-9]+_\d+"', "", svg)
    head = f'<svg class="dots" viewBox="0 0 {width:.1f} {height:.1f}" xmlns="http://www.w3.org/2000/svg" xmlns:xlink="http://www.w3.org/1999/xlink" role="img">'
    return head + svg[svg.index(">") + 1 :].strip()
