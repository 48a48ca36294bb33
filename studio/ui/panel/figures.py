"""The figures that a run measured: those that decide, and the others folded away."""

from __future__ import annotations

from collections.abc import Mapping

from markupsafe import Markup

from studio.core.amounts import duration
from studio.runs.view import View
from studio.ui.context import Context
from studio.ui.html import figure, fill, join
from studio.ui.panel.labels import measures, metric_name
from studio.ui.panel.scores import scores

# what a server of passages counts none of
_NONE = frozenset({"tokens", "tokens_per_s"})


def figures(context: Context, seen: View) -> Markup:
    """Return the last value of each metric as a row of figures; those of systems as a table."""
    numbers = {
        name: value
        for name, value in seen.metrics.items()
        if isinstance(value, int | float) and (value or name not in _NONE)
    }
    compared: dict[str, dict[str, float]] = {}
    for name in [name for name in numbers if ":" in name and " " in name]:
        who, _, metric = name.rpartition(" ")
        compared.setdefault(who, {})[metric] = numbers.pop(name)
    took = {name: numbers.pop(name) for name in measures(seen.kind).effort if name in numbers}
    decisive = [name for name in measures(seen.kind).decisive if name in numbers] or list(numbers)
    others = {name: value for name, value in numbers.items() if name not in decisive}
    plain = _row(context, seen.kind, {name: numbers[name] for name in decisive})
    if others:
        plain += fill(
            '<details class="more-figures"><summary>{}</summary>{}</details>',
            context.say("More figures", "更多指标"),
            _row(context, seen.kind, others),
        )
    return (plain + _effort(context, seen.kind, took)) + scores(
        context, {who: {name: {"value": value} for name, value in row.items()} for who, row in compared.items()}
    )


def _effort(context: Context, kind: str, took: Mapping[str, float]) -> Markup:
    """Return what the run took, on a line of its own: it says nothing of what came of it."""
    shown = {
        name: duration(value, context.language) if name == "seconds" else figure(value) for name, value in took.items()
    }
    parts = join(
        fill("<span>{} {}</span>", metric_name(kind, name, context.language), it) for name, it in shown.items()
    )
    return fill('<div class="effort">{}</div>', parts) if parts else Markup()


def _row(context: Context, kind: str, numbers: Mapping[str, float]) -> Markup:
    cells = join(_cell(context, kind, name, value) for name, value in numbers.items())
    return fill('<dl class="figures">{}</dl>', cells) if cells else Markup()


def _cell(context: Context, kind: str, name: str, value: float) -> Markup:
    meaning = measures(kind).meanings.get(name)
    said = fill('<dd class="means">{}</dd>', context.text(meaning)) if meaning else Markup()
    return fill("<div><dt>{}</dt><dd>{}</dd>{}</div>", metric_name(kind, name, context.language), figure(value), said)
