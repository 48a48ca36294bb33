"""Personal identifiers: planted ones that are found, and what else is taken for some.

python -m benchmarks.identifiers
"""

from __future__ import annotations

import argparse
import time
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field

from benchmarks.planting import KINDS, NEGATIVES, Planted, plant
from studio.data.masking import Span, find


@dataclass
class Tally:
    """What was found of a planting.

    Args:
        planted: identifiers, by kind.
        found: those of them that no sign is left of.
        said: spans, by the kind that was told.
        right: those of them that lie on a planted identifier of any kind.
        missed: some that were not found, with the text that they stand in.
        wrong: some spans that lie on none.
    """

    planted: Counter[str] = field(default_factory=Counter)
    found: Counter[str] = field(default_factory=Counter)
    said: Counter[str] = field(default_factory=Counter)
    right: Counter[str] = field(default_factory=Counter)
    missed: list[Planted] = field(default_factory=list)
    wrong: list[tuple[Planted, Span]] = field(default_factory=list)
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
        start = row.text.index(row.value) if row.kind else -1
        end = start + len(row.value)
        if row.kind:
            told.planted[row.kind] += 1
            covered = set().union(*(range(span.start, span.end) for span in spans))
            if all(place in covered for place in range(start, end) if row.text[place].isalnum()):
                told.found[row.kind] += 1
            else:
                told.missed.append(row)
        for span in spans:
            told.said[span.kind] += 1
            if row.kind and span.start < end and start < span.end:
                told.right[span.kind] += 1
            else:
                told.wrong.append((row, span))
    return told


def main() -> None:
    """Print recall and precision of each kind."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rows", type=int, default=10_000)
    parser.add_argument("--identifiers", type=int, default=1_000)
    parser.add_argument("--seed", type=int, default=20_261_127)
    given = parser.parse_args()
    told = tally(plant(given.rows, given.identifiers, given.seed))
    print(f"{given.identifiers:,} identifiers of {len(KINDS)} kinds in {given.rows:,} rows, seed {given.seed}")
    print(f"{'kind':16} {'planted':>8} {'found':>6} {'recall':>7} {'told':>6} {'precision':>10}")
    for kind in (*KINDS, *sorted(set(told.said) - set(KINDS))):
        recall = f"{told.recall(kind):7.3f}" if told.planted[kind] else f"{'':7}"
        print(
            f"{kind:16} {told.planted[kind]:8} {told.found[kind]:6} {recall} {told.said[kind]:6} {told.precision(kind):10.3f}"
        )
    print(f"{told.seconds / given.rows * 1e6:.0f} us of computing a row")
    false = sum(bool(find(text)) for text in NEGATIVES)
    print(f"{false} of the {len(NEGATIVES)} sentences with nothing but look-alikes")
    for row in told.missed[:10]:
        print(f"  missed {row.kind}: {row.value!r} in {row.text!r}")
    for row, span in told.wrong[:10]:
        print(f"  wrong {span.kind}: {row.text[span.start : span.end]!r} in {row.text!r}")


if __name__ == "__main__":
    main()
