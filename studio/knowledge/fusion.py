"""Joining rankings: reciprocal rank fusion (Cormack, Clarke and Büttcher, SIGIR 2009)."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

K = 60  # the paper's constant


def fuse(rankings: Iterable[tuple[float, Sequence[int]]]) -> list[tuple[int, float]]:
    """Return (position, score) of everything ranked, best first; the smaller position first among equals.

    Args:
        rankings: (weight, positions best first) of each searcher; one of weight 0 has no say.

    A score is the sum over the rankings of weight / (60 + rank), as a share of what being first in all of them
    gives: 1 is first everywhere, 0.5 is first in one of two.

    >>> fuse([(1.0, [7, 3]), (1.0, [7])])
    [(7, 1.0), (3, 0.491935)]
    """
    scores: dict[int, float] = {}
    best = 0.0
    for weight, positions in rankings:
        best += weight / (K + 1)
        if weight > 0:
            for rank, position in enumerate(positions, 1):
                scores[position] = scores.get(position, 0.0) + weight / (K + rank)
    found = sorted(scores.items(), key=lambda item: (-item[1], item[0]))
    return [(position, round(score / best, 6)) for position, score in found]
