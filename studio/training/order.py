"""The order in which rows are learned: shuffled, with rows of like length in one batch so that little is padding."""

from __future__ import annotations

import random
from collections.abc import Sequence

_POOL = 16


def order(lengths: Sequence[int], batch_size: int, epochs: float, seed: int) -> list[int]:
    """Return the row numbers of a whole training, epoch after epoch, to be cut into batches as they stand.

    The order depends on the arguments alone, so that a resumed training goes on with the very rows that were next.

    Args:
        lengths: tokens of each row.
        batch_size: rows in one batch; rows are sorted by length within pools of 16 batches, never across epochs, where
            the copies of one row would fill a batch.
        epochs: how often each row comes up; a fraction ends in the middle of a shuffle.
        seed: of the shuffles.
    """
    chance = random.Random(seed)
    wanted = max(1, round(epochs * len(lengths)))
    result: list[int] = []
    left: list[int] = []  # too few for a batch at the end of an epoch, they begin the next
    while len(result) + len(left) < wanted:
        epoch = list(range(len(lengths)))
        chance.shuffle(epoch)
        rows = left + epoch[: wanted - len(result) - len(left)]
        whole = len(rows) - len(rows) % batch_size
        left = rows[whole:]
        for begin in range(0, whole, batch_size * _POOL):
            pool = sorted(rows[begin : min(whole, begin + batch_size * _POOL)], key=lambda row: lengths[row])
            batches = [pool[start : start + batch_size] for start in range(0, len(pool), batch_size)]
            chance.shuffle(batches)
            result += [row for batch in batches for row in batch]
    return result + left
