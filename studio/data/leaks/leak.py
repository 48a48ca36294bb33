"""A test question that stands in a row of training data, and how."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from studio.core.text import Text

LEAKS_ABOUT, LEAKS_FILE = "leaks.json", "leaks.jsonl"
NEAR_FROM = 0.6
"""How alike two questions are that count as near-duplicates."""
OVERLAP_FROM = 0.5
"""How much of a test question shared 13-grams cover."""
EXACT, CONTAINED, NEAR, OVERLAP = "exact", "contained", "near", "overlap"
SORTS: Mapping[str, Text] = {
    EXACT: Text("the same question", "题目相同"),
    CONTAINED: Text("one contains the other", "一方包含另一方"),
    NEAR: Text("near-duplicate", "近似重复"),
    OVERLAP: Text("shared 13-grams", "13-gram 重叠"),
}
"""How a test question may stand in a row, the strongest first."""
QUESTION, CONTEXT, ANSWER = "question", "context", "answer"
PLACES: Mapping[str, Text] = {
    QUESTION: Text("in the question", "题目中"),
    CONTEXT: Text("in a context", "上下文中"),
    ANSWER: Text("in the answer", "答案中"),
}
"""Where in a row it may stand."""


@dataclass(frozen=True)
class Leak:
    """One test question in one row.

    Args:
        probe: the number of the test question in its index.
        sort: how it stands there, the strongest of `SORTS` that holds.
        score: from 0 to 1: of shared 13-grams, how much of the test question they cover; of near-duplicates, the Jaccard
            similarity of their 4-grams; of what is contained, how much of the longer text the shorter one is.
        place: where in the row, one of `PLACES`.
    """

    probe: int
    sort: str
    score: float
    place: str

    @property
    def strength(self) -> tuple[int, float]:
        """What leaks are ordered by, the strongest lowest."""
        return list(SORTS).index(self.sort), -self.score
