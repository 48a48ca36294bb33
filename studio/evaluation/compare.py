"""Who is better, on the same questions: tuned against base in each mode, and the modes of one model among themselves."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass

from studio.answering.modes import ordered
from studio.answering.system import System
from studio.data.records.question import Question
from studio.scoring.metrics import Metric
from studio.scoring.statistics import Pairs, mcnemar, paired_difference, paired_means


@dataclass(frozen=True)
class Comparison:
    """a against b on one metric: `difference` is a's value less b's, with its 95 % interval.

    Args:
        question: what the comparison asks: `tuning`, or the mode that is compared with an earlier one: `api` (over HTTP
            against in process), `rag` (with passages against without).
        n: questions that both answered.
        pairs: of a share, how many questions both, one or neither got right.
    """

    question: str
    a: str
    b: str
    metric: str
    difference: float
    low: float
    high: float
    p: float
    n: int
    pairs: Pairs | None = None


def pairs_of(systems: Sequence[System[Question]]) -> list[tuple[str, System[Question], System[Question]]]:
    """Return `(question, a, b)`: each later model against the first in each mode, and each mode against those before."""
    if not systems:
        return []
    found: list[tuple[str, System[Question], System[Question]]] = []
    base = systems[0].model
    for a in systems:
        found += [("tuning", a, b) for b in systems if b.model == base != a.model and b.mode == a.mode]
    order = list(ordered())
    for a in systems:
        earlier = order[: order.index(a.mode)]
        found += [
            (a.mode, a, b) for mode in reversed(earlier) for b in systems if b.model == a.model and b.mode == mode
        ]
    return found


def compare(
    systems: Sequence[System[Question]], figures: Mapping[str, Mapping[str, Metric]], seed: int
) -> list[Comparison]:
    """Compare the pairs on every metric both have: exact McNemar for shares, sign flips for means.

    Flags (`unread`) are counted, not compared.
    """
    found = (
        _one(question, a.name, b.name, metric, measure, figures[b.name][metric], seed)
        for question, a, b in pairs_of(systems)
        for metric, measure in figures.get(a.name, {}).items()
        if metric in figures.get(b.name, {}) and not measure.flag
    )
    return [comparison for comparison in found if comparison is not None]


def dump(comparison: Comparison) -> dict[str, object]:
    """Return the JSON form, the counts of pairs beside the rest."""
    fields = asdict(comparison)
    counts = fields.pop("pairs") or {}
    return {key: round(value, 6) if isinstance(value, float) else value for key, value in (fields | counts).items()}


def _one(question: str, a: str, b: str, metric: str, one: Metric, two: Metric, seed: int) -> Comparison | None:
    ids = [id for id in one.values if id in two.values]
    if not ids:
        return None
    left, right = [one.values[id] for id in ids], [two.values[id] for id in ids]
    if not one.binary:
        difference = (sum(left) - sum(right)) / len(ids)
        interval, p = paired_means(left, right, seed)
        return Comparison(question, a, b, metric, difference, interval.low, interval.high, p, len(ids))
    pairs = Pairs.count([value > 0 for value in left], [value > 0 for value in right])
    interval = paired_difference(pairs)
    p = mcnemar(pairs.only_a, pairs.only_b)
    return Comparison(question, a, b, metric, pairs.difference, interval.low, interval.high, p, pairs.n, pairs)
