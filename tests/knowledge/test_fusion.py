from __future__ import annotations

import pytest

from studio.knowledge.fusion import fuse


def test_first_in_all_is_one_and_scores_fall() -> None:
    ranked = fuse([(1.0, [4, 2, 9]), (1.0, [4, 9])])
    assert ranked[0] == (4, 1.0)
    assert [position for position, _ in ranked] == [4, 9, 2]
    assert all(0 < score <= 1 for _, score in ranked)


def test_equals_stand_in_reading_order() -> None:
    assert fuse([(1.0, [5]), (1.0, [3])]) == [(3, 0.5), (5, 0.5)]


def test_a_searcher_without_weight_has_no_say() -> None:
    assert fuse([(0.0, [1, 2]), (1.0, [7])]) == [(7, 1.0)]
    assert fuse([(0.0, []), (0.0, [])]) == []


def test_a_searcher_that_understands_little_comes_after() -> None:
    ranked = dict(fuse([(0.1, [8]), (1.0, [5, 6])]))
    assert ranked[5] > ranked[6] > ranked[8]
    assert ranked[5] == pytest.approx(1 / 1.1, abs=1e-4)
