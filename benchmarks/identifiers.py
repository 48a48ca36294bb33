"""Personal identifiers: planted ones that are found, and what else is taken for some.

python -m benchmarks.identifiers

It prints two plantings. `benchmarks/planting.py` knows the forms that the rules know. `benchmarks/heldout.py` was written
before the rules were, in other words, and they are not written from it: its figures are the ones to believe, and what
is missed in it is counted but not shown.
"""

from __future__ import annotations

import argparse
import time
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from benchmarks.heldout import LOOKALIKES, held_out
from benchmarks.planting import NEGATIVES, Planted, plant
from studio.data.masking import Span, find


@dataclass
class Tally:
    """What was found of a planting.

    Args:
        planted: identifiers, by kind.
        found: those of them that no sign is left of.
        said: spans, by the kind that was told.
        right: those of them that lie on a planted identifier of any kind.
        missed: what was not found, with the text that it stands in.
        wrong: spans that lie on none, with the text.
    """

    planted: Counter[str] = field(default_factory=Counter)
    found: Counter[str] = field(default_factory=Counter)
    said: Counter[str] = field(default_factory=Counter)
    right: Counter[str] = field(default_factory=Counter)
    missed: list[tuple[Span, str]] = field(default_factory=list)
    wrong: list[tuple[Span, str]] = field(default_factory=list)
    seconds: float = 0.0

    def recall(self, kind: str) -> float:
        return self.found[kind] / self.planted[kind]

    def precision(self, kind: str) -> float:
        return self.right[kind] / self.said[kind] if self.said[kind] else 1.0


def tally(rows: Iterable[Planted]) -> Tally:
    """Look for identifiers in each row. One is found where spans cover all of it, whatever kind they say that it is."""
    told = Tally()
    for row in rows:
        begun = time.process_time()
        spans = find(row.text)
        told.seconds += time.process_time() - begun
        covered = {place for span in spans for place in range(span.start, span.end)}
        for planted in row.spans:
            told.planted[planted.kind] += 1
            if all(place in covered for place in range(planted.start, planted.end) if row.text[place].isalnum()):
                told.found[planted.kind] += 1
            else:
                told.missed.append((planted, row.text))
        for span in spans:
            told.said[span.kind] += 1
            if any(span.start < planted.end and planted.start < span.end for planted in row.spans):
                told.right[span.kind] += 1
            else:
                told.wrong.append((span, row.text))
    return told


def main() -> None:
    """Print recall and precision of each kind."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rows", type=int, default=10_000)
    parser.add_argument("--identifiers", type=int, default=1_000)
    parser.add_argument("--seed", type=int, default=20_261_127)
    given = parser.parse_args()
    known = plant(given.rows, given.identifiers, given.seed)
    print(f"planting.py: {given.identifiers:,} identifiers in {given.rows:,} rows, seed {given.seed}")
    told = _print(known, NEGATIVES)
    for span, text in told.missed[:10]:
        print(f"  missed {span.kind}: {text[span.start : span.end]!r} in {text!r}")
    for span, text in told.wrong[:10]:
        print(f"  wrong {span.kind}: {text[span.start : span.end]!r} in {text!r}")
    rows = held_out(given.rows, given.seed)
    print(
        f"\nheldout.py: {sum(len(row.spans) for row in rows):,} identifiers in {given.rows:,} rows, seed {given.seed}"
    )
    _print(rows, LOOKALIKES)


def _print(rows: Sequence[Planted], empty: Sequence[str]) -> Tally:
    told = tally(rows)
    print(f"{'planted as':20} {'planted':>8} {'found':>6} {'recall':>7}")
    for kind, count in sorted(told.planted.items()):
        print(f"{kind:20} {count:8} {told.found[kind]:6} {told.recall(kind):7.3f}")
    print(f"{'told as':20} {'told':>8} {'right':>6} {'precision':>9}")
    for kind, count in sorted(told.said.items()):
        print(f"{kind:20} {count:8} {told.right[kind]:6} {told.precision(kind):9.3f}")
    print(f"{told.seconds / len(rows) * 1e6:.0f} us of computing a row")
    print(f"{sum(bool(find(text)) for text in empty)} of the {len(empty)} texts with nothing but look-alikes")
    return told


if __name__ == "__main__":
    main()
