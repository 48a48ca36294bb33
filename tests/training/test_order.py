from __future__ import annotations

from collections import Counter

from studio.training.order import RowOrder


def order(lengths: list[int], batch_size: int, epochs: float, seed: int) -> list[int]:
    rows = RowOrder(lengths, batch_size, epochs, seed)
    listed = list(rows)
    assert len(listed) == len(rows)
    return listed


LENGTHS = [10 + (number * 37) % 90 for number in range(101)]


def test_every_row_comes_up_once_an_epoch() -> None:
    assert Counter(order(LENGTHS, 8, 2.0, seed=1)) == dict.fromkeys(range(101), 2)


def test_no_batch_is_filled_with_copies_of_one_row() -> None:
    rows = order([5, 6, 7, 8, 9, 10], 3, 20.0, seed=1)
    batches = [rows[start : start + 3] for start in range(0, len(rows), 3)]
    assert all(len(set(batch)) == 3 for batch in batches)
    assert len({tuple(sorted(batch)) for batch in batches}) > 1


def test_an_epoch_is_gone_through_before_the_next_begins() -> None:
    rows = order(LENGTHS, 8, 3.0, seed=1)
    assert max(Counter(rows[:96]).values()) == 1
    assert set(rows[: 96 + 128]) == set(range(101))  # what filled no batch is in the next pool


def test_a_fraction_of_an_epoch_takes_that_many_rows() -> None:
    rows = order(LENGTHS, 8, 1.5, seed=1)
    assert len(rows) == 152
    assert max(Counter(rows).values()) == 2


def test_no_less_than_one_row() -> None:
    assert len(order([5, 6], 8, 0.01, seed=1)) == 1


def test_the_seed_alone_decides() -> None:
    assert order(LENGTHS, 8, 2.0, seed=1) == order(LENGTHS, 8, 2.0, seed=1)
    assert order(LENGTHS, 8, 2.0, seed=1) != order(LENGTHS, 8, 2.0, seed=2)


def test_rows_of_like_length_share_a_batch() -> None:
    def padding(rows: list[int]) -> int:
        batches = [[LENGTHS[row] for row in rows[start : start + 8]] for start in range(0, len(rows), 8)]
        return sum(max(batch) * len(batch) - sum(batch) for batch in batches)

    assert padding(order(LENGTHS, 8, 4.0, seed=1)) < padding(list(range(101)) * 4) / 5


def test_any_number_of_epochs_costs_no_more_than_one() -> None:
    """A hundred million epochs, of which a training takes a few steps."""
    rows = RowOrder(LENGTHS, 8, 1e8, seed=1, most=500)
    assert len(rows) == 500
    assert list(rows) == order(LENGTHS, 8, 6.0, seed=1)[:500]
    assert len(RowOrder(LENGTHS, 8, 1e8, seed=1)) == 101 * 10**8
