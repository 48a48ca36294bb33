"""Which rows belong together: what a model learned from one of them would give away another."""

from __future__ import annotations

from array import array
from collections.abc import Mapping, Sequence
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import coo_array
from scipy.sparse.csgraph import connected_components

Kin = Literal["question", "case", "opening", "column"]
"""What rows may have in common: their comparable text, the case they are about, the sentences they begin with, and the
value of the column that the recipe names."""
KIN: tuple[Kin, ...] = ("question", "case", "opening", "column")
_MOST_OPENINGS = 100
_MOST_SHARE = 0.01
_NAMED = np.uint64(1 << 63)


class Families:
    """What the rows have in common, a number a row and sort: a million rows take some fifty megabytes."""

    def __init__(self) -> None:
        self.keys: Mapping[Kin, array[int]] = {sort: array("Q") for sort in KIN}
        self.rows = array("q")
        self._fractions = array("d")

    def add(self, number: int, keys: Mapping[Kin, int], fraction: float) -> None:
        """Add what a row has in common with others.

        Args:
            number: of the row; or of the one that it was merged with, which then is of both their families.
            keys: what it has in common with others; sorts that it has nothing of are missing.
            fraction: the place in [0, 1) that it would have by itself.
        """
        for sort, held in self.keys.items():
            held.append(keys.get(sort, 0))
        self.rows.append(number)
        self._fractions.append(fraction)

    def unite(self, pairs: Sequence[tuple[int, int]]) -> NDArray[np.int64]:
        """Return the family of each row, numbered from 0.

        Args:
            pairs: near duplicates, which are of one family as well.
        """
        rows = np.frombuffer(self.rows, np.int64)
        count = int(rows.max()) + 1
        edges = [np.array(pairs, np.int64).reshape(-1, 2)]
        for sort, held in self.keys.items():
            most = most_alike(count) if sort == "opening" else None
            edges.append(rows[_equal(np.frombuffer(held, np.uint64), most)])
        one, other = np.concatenate(edges).T
        links = coo_array((np.ones(len(one), np.int8), (one, other)), shape=(count, count))
        return np.asarray(connected_components(links, directed=False)[1], np.int64)

    def places(self, family: NDArray[np.int64]) -> NDArray[np.float64]:
        """Return the place in [0, 1) of each family: that of its row with the lowest key.

        A row that a family gains moves it only where its own key is lower still; where rows name a family (a case, a
        patient), the names decide alone, so that a patient's next row changes nothing. A row without others keeps its
        place.
        """
        question = np.frombuffer(self.keys["question"], np.uint64) | _NAMED
        key = question.copy()
        for sort in ("case", "column"):
            named = np.frombuffer(self.keys[sort], np.uint64)
            key = np.where(named != 0, named & ~_NAMED, key)
        of = family[np.frombuffer(self.rows, np.int64)]
        order = np.lexsort((question, key, of))
        firsts = order[np.flatnonzero(np.diff(of[order], prepend=-1))]
        return np.frombuffer(self._fractions, np.float64)[firsts]


def most_alike(count: int) -> int:
    """Return how many rows may begin alike, or be in one bucket of near duplicates; more are filled into a template."""
    return max(_MOST_OPENINGS, int(count * _MOST_SHARE))


def without_templates(pairs: Sequence[tuple[int, int]], count: int) -> tuple[list[tuple[int, int]], int]:
    """Return the pairs but for those of clusters so large that a template must have made them, and how many rows these
    hold: one family of them would leave nothing to split."""
    if not pairs:
        return [], 0
    ends = np.array(pairs, np.int64)
    rows, at = np.unique(ends, return_inverse=True)
    at = at.reshape(-1, 2)
    links = coo_array((np.ones(len(at), np.int8), (at[:, 0], at[:, 1])), shape=(len(rows), len(rows)))
    cluster = connected_components(links, directed=False)[1]
    large = np.bincount(cluster) > most_alike(count)
    kept = ~large[cluster[at[:, 0]]]
    return [(int(one), int(other)) for one, other in ends[kept]], int(large[cluster].sum())


def _equal(keys: NDArray[Any], most: int | None = None) -> NDArray[np.int64]:
    """Return pairs that connect the rows of equal keys; 0 is none, and so is a key that more than `most` rows have."""
    order = np.argsort(keys, kind="stable")
    held = keys[order]
    if most is not None:
        _, of, sizes = np.unique(held, return_inverse=True, return_counts=True)
        order, held = order[sizes[of] <= most], held[sizes[of] <= most]
    alike = np.flatnonzero((held[1:] == held[:-1]) & (held[1:] != 0))
    return np.stack((order[alike], order[alike + 1]), axis=1)
