"""Intervals and tests for answers to the same questions: how sure a figure is, and whether a difference is one."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from math import sqrt

import numpy as np
from scipy.stats import binomtest

from studio.scoring.fewest import FEWEST

RESAMPLES = 2000
_FLIPS = 4999
_EXACT = 13  # questions: 8,192 subsets


@dataclass(frozen=True)
class Interval:
    """A 95 % confidence interval."""

    low: float
    high: float


@dataclass(frozen=True)
class Pairs:
    """How two systems did on the same questions: counts of questions."""

    both: int
    only_a: int
    only_b: int
    neither: int

    @classmethod
    def count(cls, a: Sequence[bool], b: Sequence[bool]) -> Pairs:
        """Count pairs of right (True) and wrong answers, question by question."""
        pairs = list(zip(a, b, strict=True))
        return cls(*(pairs.count(kind) for kind in ((True, True), (True, False), (False, True), (False, False))))

    @property
    def n(self) -> int:
        return self.both + self.only_a + self.only_b + self.neither

    @property
    def difference(self) -> float:
        """Share right of a, less that of b."""
        return (self.only_a - self.only_b) / self.n


def wilson(right: int, n: int, confidence: float = 0.95) -> Interval:
    """Return the score interval of a proportion.

    Wilson, E. B. (1927). Probable inference, the law of succession, and statistical inference. JASA 22, 209-212.

    Raises:
        ValueError: not 0 <= right <= n, or n is 0.
    """
    if not 0 <= right <= n or n == 0:
        raise ValueError(f"{right} right of {n}")
    low, high = binomtest(right, n).proportion_ci(confidence, method="wilson")
    return Interval(float(low), float(high))


def mcnemar(only_a: int, only_b: int) -> float:
    """Return the exact two-sided p that two systems are equally good, from the questions only one got right.

    McNemar, Q. (1947). Note on the sampling error of the difference between correlated proportions or percentages.
    Psychometrika 12, 153-157; exact by the binomial distribution.
    """
    n = only_a + only_b
    return float(binomtest(only_a, n).pvalue) if n else 1.0


def paired_difference(pairs: Pairs, confidence: float = 0.95) -> Interval:
    """Return the interval of the difference (a less b) of two proportions on the same questions.

    Newcombe, R. G. (1998). Improved confidence intervals for the difference between binomial proportions based on
    paired data. Statistics in Medicine 17, 2635-2650; method 10: Wilson's intervals of both, with their correlation.
    It stays honest where no question tells the two apart: a bootstrap would give an interval of no width.
    """
    e, f, g, h = pairs.both, pairs.only_a, pairs.only_b, pairs.neither
    n = pairs.n
    p1, p2 = (e + f) / n, (e + g) / n
    one, two = wilson(e + f, n, confidence), wilson(e + g, n, confidence)
    margins = (e + f) * (g + h) * (e + g) * (f + h)
    cross = e * h - f * g
    # the correlation's numerator is corrected for continuity where it is positive
    numerator = max(cross - n / 2, 0) if cross > 0 else cross
    phi = numerator / sqrt(margins) if margins else 0.0
    below = _spread(p1 - one.low, two.high - p2, phi)
    above = _spread(one.high - p1, p2 - two.low, phi)
    return Interval(p1 - p2 - below, p1 - p2 + above)


def bootstrap(values: Sequence[float], seed: int, confidence: float = 0.95) -> Interval:
    """Return the percentile interval of a mean of scores in [0, 1], by drawing the questions again with replacement.

    Efron, B. (1979). Bootstrap methods: another look at the jackknife. Annals of Statistics 7, 1-26. Fewer than `FEWEST`
    scores leave everything possible.
    """
    if len(values) < FEWEST:
        return Interval(0.0, 1.0)
    low, high = np.quantile(_means(values, seed), [(1 - confidence) / 2, (1 + confidence) / 2])
    return Interval(float(low), float(high))


def paired_means(a: Sequence[float], b: Sequence[float], seed: int, confidence: float = 0.95) -> tuple[Interval, float]:
    """Return the interval of the difference of two means (a less b) on the same questions, and a two-sided p.

    The p is that of the sign-flip test: if both were equally good, each question's difference could as well have had
    the other sign. Fisher, R. A. (1935). The Design of Experiments, section 21. All flips are tried up to 13 questions;
    beyond, flips drawn by the seed, with one added above and below: Phipson, B., Smyth, G. K. (2010). Permutation
    p-values should never be zero. SAGMB 9, 39. A bootstrap's p is far too small for few questions.

    The interval is the same test turned round, by the means of the subsets of questions that flip: Hartigan, J. A.
    (1969). Using subsample values as typical values. JASA 64, 1303-1317. Both suppose differences that lie
    symmetrically around their middle. Scores are in [0, 1]; fewer than `FEWEST` questions leave everything possible.
    """
    differences = np.asarray(a, dtype=np.float64) - np.asarray(b, dtype=np.float64)
    n = len(differences)
    if not differences.any() and n >= FEWEST:
        return Interval(0.0, 0.0), 1.0
    sums, sizes = _subsets(differences, seed)
    total = differences.sum()
    far = np.abs(total - 2 * sums) >= abs(total) - 1e-9 * np.abs(differences).sum()
    means = np.sort(sums[sizes > 0] / sizes[sizes > 0])
    cut = max(1, int((1 - confidence) / 2 * (len(means) + 1)))
    # nothing flipped is the answers as they were: it stands among all flips, and is the one added to the drawn ones
    p = float(far.mean()) if n <= _EXACT else (1 + int(far.sum())) / (_FLIPS + 1)
    interval = Interval(float(means[cut - 1]), float(means[-cut])) if n >= FEWEST else Interval(-1.0, 1.0)
    return interval, min(1.0, p)


def _subsets(
    values: np.ndarray[tuple[int], np.dtype[np.float64]], seed: int
) -> tuple[np.ndarray[tuple[int], np.dtype[np.float64]], np.ndarray[tuple[int], np.dtype[np.float64]]]:
    """Return sum and size of every subset of a few values, or of subsets drawn by the seed of many."""
    n = len(values)
    both = np.stack([values, np.ones(n)], axis=1)
    if n <= _EXACT:
        found = (np.arange(2**n)[:, None] >> np.arange(n) & 1) @ both
    else:
        draw = np.random.default_rng(seed)
        # in portions: 4,999 x 3,426 at once would take 140 MB
        portions = [min(500, _FLIPS - done) for done in range(0, _FLIPS, 500)]
        found = np.concatenate([draw.integers(0, 2, (size, n), dtype=np.int8) @ both for size in portions])
    return found[:, 0], found[:, 1]


def _means(values: Sequence[float], seed: int) -> np.ndarray[tuple[int], np.dtype[np.float64]]:
    numbers = np.asarray(values, dtype=np.float64)
    draw = np.random.default_rng(seed)
    means = np.empty(RESAMPLES)
    for index in range(RESAMPLES):  # one draw at a time: 2,000 x 3,426 indices at once would take 55 MB
        means[index] = numbers[draw.integers(0, len(numbers), len(numbers))].mean()
    return means


def _spread(one: float, two: float, phi: float) -> float:
    return sqrt(max(0.0, one * one - 2 * phi * one * two + two * two))
