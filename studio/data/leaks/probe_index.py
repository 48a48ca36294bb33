"""The questions of several test sets, ready to be found in rows."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

from studio.data.leaks.index import LeakIndex
from studio.data.leaks.probes import Probes


class ProbeIndex:
    """The questions of several test sets, ready to be found in rows.

    Args:
        tests: the test sets, in order.
        near: how alike two questions are that count as near-duplicates.
        overlap: the least share of a question that shared 13-grams cover.

    Raises:
        InputError: a test set cannot be read.
    """

    def __init__(self, tests: Sequence[Probes], near: float, overlap: float) -> None:
        self.tests, self.near, self.overlap = tests, near, overlap
        self.held = [(number, *item) for number, test in enumerate(tests) for item in test.rows()]
        """Each question: the number of its test set, its row, and where it stands."""
        self.leaks = LeakIndex([row for _, row, _ in self.held], near, overlap)

    def counts(self) -> Counter[int]:
        """Return how many questions each test set has, by its number."""
        return Counter(number for number, *_ in self.held)
