"""The report: one self-contained page in two languages, from the metrics and details of a scoring pass."""

from __future__ import annotations

import hashlib
import json
from collections import Counter
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup

from studio.core.files import write_atomic
from studio.core.text import Text
from studio.evaluation.contamination import heed
from studio.evaluation.dot_plot import Dot, dot_plot
from studio.evaluation.findings import about, findings, headings, title_of, tone
from studio.evaluation.sentences import p_value, signed
from studio.evaluation.table import groups, is_share, of_group
from studio.scoring.fewest import FEWEST

_PAGE = Path(__file__).parent / "page"
_SAMPLE = 40
_LONGEST = 1500


def write_report(path: Path, metrics: Mapping[str, Any], details: Sequence[Mapping[str, Any]]) -> None:
    """Write the page, whole or not at all. Whatever models said stands in it as text."""
    environment = Environment(
        loader=FileSystemLoader(_PAGE), autoescape=True, undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True
    )
    environment.globals.update(t=_two, both=_pair)
    environment.filters.update(points=signed, p=p_value)
    page = environment.get_template("report.html").render(
        metrics=metrics,
        style=Markup((_PAGE / "report.css").read_text(encoding="utf-8")),
        script=Markup((_PAGE / "report.js").read_text(encoding="utf-8")),
        colours={name: mode["colour"] for name, mode in metrics["modes"].items()},
        fewest=FEWEST,
        **_figures(metrics),
        findings=findings(metrics),
        learned=[Text.load(text) for text in metrics.get("contamination", {}).get("said", ())],
        clean=_clean(metrics),
        heed=heed(metrics),
        comparisons=_comparisons(metrics),
        readings=_readings(metrics, details),
        unread=_unread(details),
        sample=_sample(metrics, details),
        settings=_settings(metrics),
    )
    write_atomic(path, page)


def _two(en: str, zh: str) -> Markup:
    """Return a text in both languages; the page's style shows one."""
    return Markup('<span lang="en">{}</span><span lang="zh">{}</span>').format(en, zh)


def _pair(text: Text) -> Markup:
    return _two(text.en, text.zh)


def _figures(metrics: Mapping[str, Any]) -> dict[str, Any]:
    systems: Mapping[str, Mapping[str, Any]] = metrics["systems"]
    names = list(dict.fromkeys(name for figures in systems.values() for name in figures))
    plain = [name for name in names if "/" not in name]
    by_group = [
        {
            "group": group,
            "metrics": [_metric(metrics, name) for name in of_group(metrics["scorers"], names, group)],
        }
        for group in groups(names)
    ]
    return {"columns": [_metric(metrics, name) for name in plain], "by_group": by_group}


def _clean(metrics: Mapping[str, Any]) -> dict[str, Any] | None:
    """Return the figures on the questions that no model has learned from; None where these are all, or none."""
    found = metrics.get("contamination")
    if not found or not found["systems"] or found["clean"] == metrics["n"]:
        return None
    return {"n": found["clean"], **_figures({**metrics, "systems": found["systems"]})}


def _metric(metrics: Mapping[str, Any], name: str) -> dict[str, Any]:
    """Return one metric: its title, a cell a system, and its plot."""
    share = _binary(metrics, name)
    first = next(iter(metrics["systems"]), ":").rsplit(":", 1)[0]
    cells: dict[str, dict[str, Any] | None] = {}
    dots = []
    for system, figures in metrics["systems"].items():
        figure = figures.get(name)
        if figure is None:
            cells[system] = None
            continue
        few = not share and figure["n"] < FEWEST
        value, low, high = (float(figure[key]) for key in ("value", "low", "high"))
        said = [f"{100 * number:.1f}" if share else f"{number:.3f}" for number in (value, low, high)]
        cells[system] = {"value": said[0], "low": said[1], "high": said[2], "few": few, "n": figure["n"]}
        model, mode = system.rsplit(":", 1)
        interval = f"n = {figure['n']}" if few else f"[{said[1]}, {said[2]}]"
        dots.append(
            Dot(system, metrics["modes"][mode]["colour"], model != first, value, low, high, f"{said[0]}  {interval}")
        )
    help_ = about(metrics, name).get("help")
    return {
        "name": name,
        "title": title_of(metrics, name),
        "help": Text.load(help_) if help_ else None,
        "share": share,
        "cells": cells,
        "n": sorted({figure["n"] for figure in cells.values() if figure}),
        "plot": Markup(dot_plot(dots, share)),
    }


def _binary(metrics: Mapping[str, Any], name: str) -> bool:
    return is_share(metrics["scorers"], name)


def _comparisons(metrics: Mapping[str, Any]) -> list[dict[str, Any]]:
    """Return the pairs by question, each with its rows."""
    everything = [*metrics["comparisons"], *metrics["mean_comparisons"]]
    blocks = []
    for question, heading in headings(metrics).items():
        rows: dict[tuple[str, str], list[dict[str, Any]]] = {}
        for comparison in everything:
            if comparison["question"] == question:
                rows.setdefault((comparison["a"], comparison["b"]), []).append(_row(metrics, comparison))
        if rows:
            blocks.append(
                {"heading": heading, "pairs": [{"a": a, "b": b, "rows": found} for (a, b), found in rows.items()]}
            )
    return blocks


def _row(metrics: Mapping[str, Any], comparison: Mapping[str, Any]) -> dict[str, Any]:
    difference = float(comparison["difference"])
    low, high = (float(comparison[key]) for key in ("low", "high"))
    bar = {
        "left": 50 + 50 * low,
        "width": max(50 * (high - low), 0.6),
        "dot": 50 + 50 * difference,
    }
    title = title_of(metrics, comparison["metric"])
    return {
        **comparison,
        "title": title,
        "tone": tone(comparison),
        "bar": bar,
        "few": "both" not in comparison and comparison["n"] < FEWEST,
        "share": "both" in comparison,
    }


def _readings(metrics: Mapping[str, Any], details: Sequence[Mapping[str, Any]]) -> dict[str, Any] | None:
    """Return how answers to multiple-choice questions were read: counts by system and rule."""
    counts: dict[str, Counter[str]] = {name: Counter() for name in metrics["systems"]}
    for detail in details:
        mark = detail["marks"].get("accuracy")
        if mark is not None:
            counts[detail["contestant"]][mark["rule"] or "unread"] += 1
    rules = [rule for rule, _ in sum(counts.values(), Counter()).most_common() if rule != "unread"]
    return {"rules": rules, "counts": counts} if any(counts.values()) else None


def _unread(details: Sequence[Mapping[str, Any]]) -> list[dict[str, Any]]:
    """Return up to eight answers that could not be read, no two alike."""
    found = {d["answer"].strip(): _short(d) for d in reversed(details) if d["marks"].get("accuracy", {}).get("unread")}
    return list(found.values())[::-1][:8]


def _sample(metrics: Mapping[str, Any], details: Sequence[Mapping[str, Any]]) -> list[dict[str, Any]]:
    """Return up to 40 questions drawn by the seed, in the dataset's order, with every system's answer."""
    by_question: dict[str, list[Mapping[str, Any]]] = {}
    for detail in details:
        by_question.setdefault(detail["question"], []).append(detail)
    seed = metrics["seed"]
    drawn = set(sorted(by_question, key=lambda id: hashlib.sha256(f"{seed} {id}".encode()).digest())[:_SAMPLE])
    sample = []
    for id, answers in by_question.items():
        if id in drawn:
            right = [answer["correct"] for answer in answers if answer["correct"] is not None]
            kind = "" if not right else "right" if all(right) else "mixed" if any(right) else "wrong"
            passages = {passage["id"]: passage for answer in answers for passage in answer["passages"]}
            shown = [{**passage, "content": _cut(passage["content"])} for passage in passages.values()]
            sample.append(
                {**answers[0], "kind": kind, "passages": shown, "answers": [_short(answer) for answer in answers]}
            )
    return sample


def _short(detail: Mapping[str, Any]) -> dict[str, Any]:
    return {**detail, "answer": _cut(detail["answer"]), "way": detail["contestant"].rsplit(":", 1)[1]}


def _cut(text: str) -> str:
    return text if len(text) <= _LONGEST else f"{text[:_LONGEST]} …"


def _settings(metrics: Mapping[str, Any]) -> list[tuple[str, str]]:
    """Return what the run was made with, as rows of name and value."""
    versions = {f"version: {name}": value for name, value in metrics.get("packages", {}).items()}
    return [(name, _shown(value)) for name, value in {**metrics.get("settings", {}), **versions}.items()]


def _shown(value: object) -> str:
    if isinstance(value, list):
        return ", ".join(str(item) for item in value)
    return value if isinstance(value, str) else "-" if value is None else json.dumps(value, ensure_ascii=False)
