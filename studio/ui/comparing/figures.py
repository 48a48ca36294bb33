"""The figures of several runs beside each other, each with its difference to the baseline's."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from typing import Any

from markupsafe import Markup

from studio.core.files import read_json
from studio.runs.index import Entry
from studio.runs.references import load
from studio.ui.comparing.beside import NONE, table
from studio.ui.comparing.settings import given_by
from studio.ui.context import Context
from studio.ui.html import figure, fill, join
from studio.ui.panel.labels import metric_name, score_name
from studio.ui.panel.line import pulse
from studio.ui.panel.scores import between, is_share, shown

Scored = Mapping[str, Mapping[str, Mapping[str, Any]]]
"""A run's id to its systems to their metrics, `{"value", "low", "high", "n"}`."""

_QUESTIONS = ("split", "limit", "seed")  # beside the dataset: which questions an evaluation asks


def figures(context: Context, entries: Sequence[Entry], heads: Sequence[Markup]) -> Markup:
    """Return the figures; they change as a run goes on, and so bear what tells the script that its curves have grown."""
    pulses = json.dumps({entry.id: pulse(context, entry) for entry in entries})
    tables = _measures(context, entries, heads) + _scores(context, entries, heads)
    none = fill('<p class="note">{}</p>', context.say("These runs share no figure.", "这些运行没有共有的指标。"))
    return fill(
        '<section data-pulse="{}"><h3>{}</h3>{}</section>', pulses, context.say("Figures", "指标"), tables or none
    )


def measured(context: Context, entry: Entry) -> dict[str, float]:
    """Return a run's last metrics; those of systems stand in its report."""
    result = entry.run.result() or {}
    found: Mapping[str, float] = result.get("metrics") or {
        name: course[-1][1] for name, course in context.metrics_cache.courses(entry.run).items()
    }
    return {name: value for name, value in found.items() if not (":" in name and " " in name)}


def scored(entry: Entry) -> dict[str, Mapping[str, Mapping[str, Any]]]:
    """Return what an evaluation's report says of each system; nothing where there is none."""
    path = entry.output("report")
    metrics = (read_json(path / "metrics.json") if path is not None else None) or {}
    systems = metrics.get("systems", metrics.get("contestants"))  # what older reports call them
    return systems if isinstance(systems, dict) else {}


def _measures(context: Context, entries: Sequence[Entry], heads: Sequence[Markup]) -> Markup:
    """Return a row for each metric that two runs at least have."""
    found = {entry.id: measured(context, entry) for entry in entries}
    names = list(dict.fromkeys(name for metrics in found.values() for name in metrics))
    shared = [name for name in names if sum(name in metrics for metrics in found.values()) > 1]
    if not shared:
        return Markup()
    rows = []
    for name in shared:
        kind = next(entry.kind for entry in entries if name in found[entry.id])
        base = found[entries[0].id].get(name)
        cells = join(
            _cell(figure(found[entry.id][name]), _change(found[entry.id][name], base if number else None))
            if name in found[entry.id]
            else fill("<td>{}</td>", NONE)
            for number, entry in enumerate(entries)
        )
        rows.append(fill('<tr><th scope="row">{}</th>{}</tr>', metric_name(kind, name, context.language), cells))
    return table(context.say("Figure", "指标"), heads, rows)


def _scores(context: Context, entries: Sequence[Entry], heads: Sequence[Markup]) -> Markup:
    """Return a table for each score of the evaluations among the runs, the first one unfolded."""
    found: Scored = {entry.id: systems for entry in entries if (systems := scored(entry))}
    if len(found) < 2:
        return Markup()
    metrics = dict.fromkeys(
        metric for systems in found.values() for figures in systems.values() for metric in figures if "/" not in metric
    )
    tables = join(
        fill(
            "<details{}><summary>{}</summary>{}</details>",
            Markup(" open") if number == 0 else "",
            score_name(metric, context.language),
            _score(context, entries, heads, found, metric),
        )
        for number, metric in enumerate(metrics)
    )
    return fill('<p class="note">{}</p>{}', _honest(context, [entry for entry in entries if entry.id in found]), tables)


def _score(context: Context, entries: Sequence[Entry], heads: Sequence[Markup], found: Scored, metric: str) -> Markup:
    systems = dict.fromkeys(
        system for scores in found.values() for system, figures in scores.items() if metric in figures
    )
    rows = []
    for system in systems:
        held = {id: scores[system][metric] for id, scores in found.items() if metric in scores.get(system, {})}
        base = held.get(entries[0].id, {}).get("value")
        cells = join(
            _scored(context, held.get(entry.id), metric, base if number else None)
            for number, entry in enumerate(entries)
        )
        name = join((fill("{}", part) for part in system.split(":")), ":<wbr>")
        rows.append(fill('<tr><th scope="row">{}</th>{}</tr>', name, cells))
    return table(context.say("Model and mode", "模型与提问方式"), heads, rows)


def _scored(context: Context, found: Mapping[str, Any] | None, metric: str, base: float | None) -> Markup:
    if found is None or found.get("value") is None:
        return fill("<td>{}</td>", NONE)
    value, low, high = float(found["value"]), found.get("low"), found.get("high")
    change = ""
    if base is not None:
        points = context.say("pp", "个百分点")
        change = f"Δ {(value - base) * 100:+.1f} {points}" if is_share(metric) else f"Δ {value - base:+.3f}"
    interval = between(metric, low, high) if low is not None and high is not None else ""
    count = f"n = {found['n']}" if found.get("n") is not None else ""
    return _cell(shown(metric, value), _minus(change), ", ".join(filter(None, (interval, count))))


def _honest(context: Context, entries: Sequence[Entry]) -> str:
    """Return what these differences tell, and what they do not."""
    asked = [_asked(entry) for entry in entries]
    if all(one == asked[0] for one in asked):
        return context.say(
            "These evaluations asked the same questions, but Δ is not tested here: each interval is of one figure alone. "
            "Name the models in one evaluation; its report has the paired tests.",
            "这些评测用的是同一批题目，但这里的 Δ 没有做检验，区间也只属于各个数值本身。要判断差别是否真实，请把这些模型放进同一次评测，报告中有配对检验。",
        )
    return context.say(
        "These evaluations asked different questions: part of Δ is the questions, not the models, and nothing is tested "
        "here. Name the models in one evaluation; its report has the paired tests.",
        "这些评测的题目不同，Δ 有一部分来自题目而不是模型，这里也没有做检验。要判断差别是否真实，请把这些模型放进同一次评测，报告中有配对检验。",
    )


def _asked(entry: Entry) -> tuple[object, ...]:
    """Return what says which questions an evaluation asked."""
    recipe, dataset = given_by(entry), load(entry.run.inputs().get("references")).get("dataset")
    source = (dataset.sha256 or dataset.path) if dataset is not None else None
    return source, *(recipe.get(key) for key in _QUESTIONS)


def _change(value: float, base: float | None) -> str:
    """Return a difference to the baseline, and its share of it.

    >>> _change(0.9, 1.2), _change(3.0, 0.0), _change(1.0, 1.0), _change(1.0, None)
    ('Δ −0.3 (−25.0%)', 'Δ +3', 'Δ 0', '')
    """
    if base is None:
        return ""
    change = value - base
    if not change:
        return "Δ 0"
    share = f" ({change / abs(base) * 100:+.1f}%)" if base else ""
    return _minus(f"Δ {'+' if change > 0 else ''}{figure(change)}{share}")


def _minus(text: str) -> str:
    return text.replace("-", "−")


def _cell(value: str, change: str, below: str = "") -> Markup:
    small = join(
        fill('<small class="{}">{}</small>', style, text)
        for style, text in (("change", change), ("", below))
        if text
    )  # fmt: skip
    return fill("<td><b>{}</b>{}</td>", value, small)
