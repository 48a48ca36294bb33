"""Comparisons in plain words, in both languages."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from studio.core.text import Text
from studio.scoring.fewest import FEWEST

CLEAR = 0.05
_MINUS = "\u2212"


def signed(value: float, share: bool) -> str:
    """Return a difference as points (`+38.0`) or on the scale of 0 to 1 (`+0.381`)."""
    text = f"{abs(100 * value):.1f}" if share else f"{abs(value):.3f}"
    zero = not text.strip("0.")
    return text if zero else f"{'+' if value > 0 else _MINUS}{text}"


def p_value(p: float) -> str:
    return "p < 0.001" if p < 0.001 else f"p = {p:.3f}" if p < 0.1 else f"p = {p:.2f}"


def clear(comparison: Mapping[str, Any]) -> bool:
    """Tell whether a difference is clearer than chance explains, at p < 0.05."""
    return float(comparison["p"]) < CLEAR


@dataclass(frozen=True)
class ReportFinding:
    """One comparison in words.

    Args:
        claim: what came out (`Named up by 38.0 points`).
        subject: of whom it is said.
        figures: interval, p and n.
        groups: what it says of each group; (?) where that is not clear by itself. Empty without groups.
    """

    claim: Text
    subject: Text
    figures: Text
    groups: Text


def finding(
    comparison: Mapping[str, Any], title: Text, against: Text, groups: Sequence[Mapping[str, Any]] = ()
) -> ReportFinding:
    """Return one comparison of right and wrong in words, with its comparisons by group.

    Args:
        against: tells its two sides; holds {a}, {b}, {mode} and {other}.
    """
    difference, n = float(comparison["difference"]), comparison["n"]
    size, low, high = (
        signed(number, True) for number in (difference, float(comparison["low"]), float(comparison["high"]))
    )
    p = p_value(float(comparison["p"]))
    figures = Text(f"95% CI {low} to {high}, {p}, n = {n}", f"95% 置信区间 {low} 至 {high}，{p}，n = {n}")
    same = comparison["only_a"] == comparison["only_b"] == 0
    if same:
        claim = Text(f"{title.en}: no difference on any question", f"{title.zh}：每道题都没有差别")
    elif n < FEWEST:
        claim = Text(f"{title.en}: too few questions to tell ({n})", f"{title.zh}：题数太少（{n} 题），无法判断")
    elif not clear(comparison):
        claim = Text(f"{title.en}: no clear difference, {size} points", f"{title.zh}：没有明确差别，{size} 个百分点")
    elif difference > 0:
        claim = Text(f"{title.en}: better by {size[1:]} points", f"{title.zh}：提高 {size[1:]} 个百分点")
    else:
        claim = Text(f"{title.en}: worse by {size[1:]} points", f"{title.zh}：降低 {size[1:]} 个百分点")
    behind = [
        f"{group['metric'].partition('/')[2]} {signed(float(group['difference']), True)}{'' if clear(group) else ' (?)'}"
        for group in ([] if same else groups)
    ]
    listed = Text(f"by group: {', '.join(behind)}", f"分组：{'、'.join(behind)}") if behind else Text("", "")
    return ReportFinding(claim, _subject(comparison, against), figures, listed)


def _subject(comparison: Mapping[str, Any], against: Text) -> Text:
    (a, mode), (b, other) = (comparison[side].rsplit(":", 1) for side in "ab")
    return Text(*(words.format(a=a, b=b, mode=mode, other=other) for words in against))
