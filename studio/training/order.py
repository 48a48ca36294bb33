"""The order in which rows are learned: shuffled, with rows of like length in one batch so that little is padding."""

from __future__ import annotations

import random
from collections.abc import Sequence

_POOL = 50


def order(lengths: Sequence[int], batch_size: int, epochs: float, seed: int) -> list[int]:
    """Return the row numbers of a whole training, epoch after epoch, to be cut into batches as they stand.

    The order depends on the arguments alone, so that a resumed training goes on with the very rows that were next.

    Args:
        lengths: tokens of each row.
        batch_size: rows in one batch; the rows are sorted by length within pools of 50 batches.
        epochs: how often each row comes up; a fraction ends in the middle of a shuffle.
        seed: of the shuffles.
    """
    chance = random.Random(seed)
    rows: list[int] = []
    wanted = max(1, round(epochs * len(lengths)))
    while len(rows) < wanted:
        epoch = list(range(len(lengths)))
        chance.shuffle(epoch)
        rows += epoch
    del rows[wanted:]
    result: list[int] = []
    for begin in range(0, len(rows), batch_size * _POOL):
        pool = sorted(rows[begin : begin + batch_size * _POOL], key=lambda row: lengths[row])
        batches = [pool[start : start + batch_size] for start in range(0, len(pool), batch_size)]
        short = [batches.pop()] if len(batches[-1]) < batch_size else []  # only the last batch of all may be short
        chance.shuffle(batches)
        result += [row for batch in batches + short for row in batch]
    return result
