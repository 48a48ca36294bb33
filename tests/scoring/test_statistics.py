"""Intervals and tests against figures that others published."""

from __future__ import annotations

import random

import numpy as np
import pytest
from scipy.stats import permutation_test

from studio.scoring.statistics import (
    Interval,
    Pairs,
    bootstrap,
    mcnemar,
    paired_difference,
    paired_means,
    wilson,
)


@pytest.mark.parametrize(
    ("right", "n", "low", "high"),
    [
        # Newcombe (1998), Statistics in Medicine 17, 857-872, table I, score method without continuity correction
        (81, 263, 0.2553, 0.3662),
        (15, 148, 0.0624, 0.1605),
        (0, 20, 0.0, 0.1611),
        (1, 29, 0.0061, 0.1718),
    ],
)
def test_wilson_as_published(right: int, n: int, low: float, high: float) -> None:
    found = wilson(right, n)
    assert (round(found.low, 4), round(found.high, 4)) == (low, high)


def test_wilson_keeps_its_bounds() -> None:
    assert wilson(0, 7).low == 0.0 and wilson(7, 7).high == 1.0
    for right, n in ((1, 0), (-1, 5), (6, 5)):
        with pytest.raises(ValueError, match="right of"):
            wilson(right, n)


@pytest.mark.parametrize(
    ("only_a", "only_b", "p"),
    [
        (1, 7, 2 * (1 + 8) / 2**8),  # by hand: two tails of at most 1 of 8
        (0, 5, 2 / 2**5),
        (3, 3, 1.0),
        (0, 0, 1.0),
        (0, 1, 1.0),
    ],
)
def test_mcnemar_by_hand(only_a: int, only_b: int, p: float) -> None:
    assert mcnemar(only_a, only_b) == pytest.approx(p)
    assert mcnemar(only_b, only_a) == pytest.approx(p)


def test_mcnemar_of_a_published_table() -> None:
    # Fagerland, Lydersen, Laake (2013), BMC Medical Research Methodology 13:91: 1, 1, 7, 12 gives exact p = 0.070
    assert round(mcnemar(1, 7), 3) == 0.070


def test_newcombe_of_published_tables() -> None:
    # Fagerland, Lydersen, Laake (2014), Statistics in Medicine 33, 2850-2875: -0.507 to -0.026
    airway = paired_difference(Pairs(1, 1, 7, 12))
    assert (round(airway.low, 3), round(airway.high, 3)) == (-0.507, -0.026)


def test_newcombe_has_a_width_where_nothing_differs() -> None:
    same = paired_difference(Pairs(100, 0, 0, 50))
    assert same.low < 0 < same.high and same.high == pytest.approx(-same.low)
    turned = paired_difference(Pairs(10, 2, 9, 20))
    back = paired_difference(Pairs(10, 9, 2, 20))
    assert (turned.low, turned.high) == pytest.approx((-back.high, -back.low))


def test_newcombe_covers() -> None:
    """Of 400 experiments with a known difference, about 95 in 100 intervals hold it."""
    draw = random.Random(7)
    held = 0
    for _ in range(400):
        kinds = draw.choices(range(4), (0.4, 0.25, 0.1, 0.25), k=60)
        interval = paired_difference(Pairs(*(kinds.count(kind) for kind in range(4))))
        held += interval.low <= 0.15 <= interval.high
    assert 0.92 <= held / 400 <= 0.99


def test_pairs_count() -> None:
    pairs = Pairs.count([True, True, False, False, True], [True, False, True, False, True])
    assert (pairs.both, pairs.only_a, pairs.only_b, pairs.neither, pairs.n) == (2, 1, 1, 1, 5)
    assert pairs.difference == 0.0


def test_bootstrap_repeats_and_is_close_to_the_normal_interval() -> None:
    draw = random.Random(3)
    values = [draw.gauss(0.5, 0.1) for _ in range(400)]
    found = bootstrap(values, seed=1)
    assert found == bootstrap(values, seed=1)
    mean = sum(values) / len(values)
    half = 1.96 * (sum((value - mean) ** 2 for value in values) / 399) ** 0.5 / 400**0.5
    assert found.low == pytest.approx(mean - half, abs=0.002) and found.high == pytest.approx(mean + half, abs=0.002)


def test_paired_means() -> None:
    draw = random.Random(5)
    base = [draw.random() for _ in range(200)]
    better = [value + draw.gauss(0.1, 0.05) for value in base]
    interval, p = paired_means(better, base, seed=1)
    assert 0.08 < interval.low < 0.1 < interval.high < 0.12 and p <= 0.001
    assert paired_means(better, base, seed=1) == (interval, p)
    back, _ = paired_means(base, better, seed=1)
    assert (back.low, back.high) == pytest.approx((-interval.high, -interval.low))
    assert paired_means(base, base, seed=1) == (Interval(0.0, 0.0), 1.0)
    noise = [value + draw.gauss(0.0, 0.2) for value in base]
    assert paired_means(noise, base, seed=1)[1] > 0.05


def test_paired_means_by_hand() -> None:
    # all on one side: of 64 ways to set six signs, two are as far out
    interval, p = paired_means([1.0, 2.0, 3.0, 4.0, 5.0, 6.0], [0.0] * 6, seed=1)
    assert p == pytest.approx(2 / 64) and (interval.low, interval.high) == (1.0, 6.0)
    # -1 and five of 2 make 9: as far out are 9 and 11, and both mirrored
    assert paired_means([-1.0, *[2.0] * 5], [0.0] * 6, seed=1)[1] == pytest.approx(2 * 2 / 64)
    interval, p = paired_means([1.0] * 5, [0.0] * 5, seed=1)
    assert (interval, p) == (Interval(-1.0, 1.0), pytest.approx(2 / 32)), "too few to claim anything"


def test_paired_means_against_scipy() -> None:
    draw = random.Random(11)
    for n in (8, 40):
        values = [draw.gauss(0.3, 1.0) for _ in range(n)]
        published = permutation_test((values,), np.mean, permutation_type="samples", n_resamples=20_000, rng=3)
        assert paired_means(values, [0.0] * n, seed=1)[1] == pytest.approx(
            published.pvalue, abs=0.02 if n > 13 else 1e-9
        )


@pytest.mark.parametrize("n", [6, 10, 20, 60])
def test_paired_means_hold_their_level(n: int) -> None:
    """Of 300 experiments without a difference, about one in twenty is called clear, and its interval leaves zero out."""
    draw = random.Random(n)
    clear = outside = 0
    for seed in range(300):
        interval, p = paired_means([draw.gauss(0.0, 1.0) for _ in range(n)], [0.0] * n, seed)
        clear += p < 0.05
        outside += not interval.low <= 0.0 <= interval.high
    assert clear <= 27 and outside <= 27  # 15 expected; more than 27 once in 500
    assert abs(clear - outside) <= 3
