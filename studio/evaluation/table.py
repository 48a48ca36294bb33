"""The headline table as plain text, for a terminal."""

from __future__ import annotations

import unicodedata
from collections.abc import Mapping
from typing import Any

from studio.scoring.fewest import FEWEST


def text_table(metrics: Mapping[str, Any]) -> str:
    """Return one row a system and one column a metric: value and 95 % interval; then a block a group.

    Shares are in per cent; ROUGE is between 0 and 1.
    """
    systems: Mapping[str, Mapping[str, Any]] = metrics["systems"]
    scorers: Mapping[str, Mapping[str, Any]] = metrics["scorers"]
    names = list(dict.fromkeys(name for figures in systems.values() for name in figures))
    blocks = [("", [name for name in names if "/" not in name])]
    blocks += [(group, of_group(scorers, names, group)) for group in groups(names)]
    parts = [f"{metrics['name']}: {metrics['n']} questions of {metrics['benchmark']} ({metrics['split']})"]
    parts += [_block(systems, scorers, group, block) for group, block in blocks]
    parts += _clean(metrics, blocks[0][1])
    small = metrics["small_groups"]
    if small["groups"]:
        parts.append(
            f"Groups of fewer than {small['fewer_than']} questions have no block of their own: {small['groups']}, "
            f"with {small['questions']} in all."
        )
    flags = [f"{name}: {flag['help']['en']}" for name, flag in metrics["flags"].items()]
    if flags:
        parts.append("\n".join(flags))
    parts.append(
        "Value [95% interval]. Shares in per cent with Wilson intervals; ROUGE from 0 to 1 with bootstrap intervals, "
        f"from {FEWEST} questions on."
    )
    return "\n\n".join(parts) + "\n"


def _block(
    systems: Mapping[str, Mapping[str, Any]], scorers: Mapping[str, Mapping[str, Any]], title: str, names: list[str]
) -> str:
    rows = [[title, *(f"{name.partition('/')[0]}{_count(systems, name)}" for name in names)]]
    for system, figures in systems.items():
        rows.append([system, *(cell(figures.get(name), is_share(scorers, name)) for name in names)])
    return _grid(rows)


def _clean(metrics: Mapping[str, Any], names: list[str]) -> list[str]:
    """Return what the models have learned of the questions, and the figures on the others."""
    found = metrics.get("contamination")
    if not found:
        return []
    said = ["\n".join(text["en"] for text in found["said"])]
    if found["clean"] == metrics["n"] or not found["systems"]:
        return said
    held = [name for name in names if any(name in figures for figures in found["systems"].values())]
    return [*said, _block(found["systems"], metrics["scorers"], f"{found['clean']} clean questions", held)]


def groups(names: list[str]) -> list[str]:
    """Return the groups that metric names break down by, in order."""
    return list(dict.fromkeys(name.partition("/")[2] for name in names if "/" in name))


def of_group(scorers: Mapping[str, Mapping[str, Any]], names: list[str], group: str) -> list[str]:
    """Return the metrics that a group's block shows: its shares, or its means where it has no others."""
    own = [name for name in names if name.partition("/")[2] == group]
    return [name for name in own if is_share(scorers, name)] or own


def is_share(scorers: Mapping[str, Mapping[str, Any]], metric: str) -> bool:
    """Tell whether a metric is a share of questions; a flag such as `unread` is one."""
    scorer = scorers.get(metric.partition("/")[0])
    return scorer is None or bool(scorer["binary"])


def cell(figure: Mapping[str, Any] | None, share: bool) -> str:
    """Return a figure as `38.0 [29, 48]`, `0.123 [.10, .15]` or `0.123 [too few]` (for an interval), or a dash."""
    if figure is None:
        return "-"
    value = float(figure["value"])
    if not share and figure["n"] < FEWEST:
        return f"{value:.3f} [too few]"
    low, high = float(figure["low"]), float(figure["high"])
    if share:
        return f"{100 * value:.1f} [{100 * low:.0f}, {100 * high:.0f}]"
    return f"{value:.3f} [{low:.2f}, {high:.2f}]".replace("[0.", "[.").replace(", 0.", ", .")


def _count(systems: Mapping[str, Mapping[str, Any]], name: str) -> str:
    counts = {figures[name]["n"] for figures in systems.values() if name in figures}
    return f" n={min(counts)}" if len(counts) == 1 else f" n={min(counts)}-{max(counts)}"


def width(text: str) -> int:
    """Return how many columns a text takes in a terminal; Chinese characters take two."""
    return sum(2 if unicodedata.east_asian_width(character) in "WF" else 1 for character in text)


def _grid(rows: list[list[str]]) -> str:
    widths = [max(width(row[index]) for row in rows) for index in range(len(rows[0]))]
    lines = ["  ".join(text + " " * (widths[index] - width(text)) for index, text in enumerate(row)) for row in rows]
    lines.insert(1, "  ".join("-" * size for size in widths))
    return "\n".join(line.rstrip() for line in lines)
