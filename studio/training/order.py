"""The order in which rows are learned: shuffled, with rows of like length in one batch so that little is padding."""

from __future__ import annotations

import random
from collections.abc import Sequence

_POOL = 16


def order(lengths: Sequence[int], step_rows: int, epochs: float, seed: int) -> list[int]:
    """Return the row numbers of a whole training, epoch after epoch, to be cut into steps and batches as they stand.

    The order depends on the arguments alone, so that a resumed training goes on with the very rows that were next.

    Args:
        lengths: tokens of each row.
        step_rows: rows in one optimizer step, so that a step learns the same rows in however many batches; rows are
            sorted by length within pools of 16 steps, never across epochs, where the copies of one row would fill a step.
        epochs: how often each row comes up; a fraction ends in the middle of a shuffle.
        seed: of the shuffles.
    """
    chance = random.Random(seed)
    wanted = max(1, round(epochs * len(lengths)))
    result: list[int] = []
    left: list[int] = []  # too few for a step at the end of an epoch, they begin the next
    while len(result) + len(left) < wanted:
        epoch = list(range(len(lengths)))
        chance.shuffle(epoch)
        rows = left + epoch[: wanted - len(result) - len(left)]
        whole = len(rows) - len(rows) % step_rows
        left = rows[whole:]
        for begin in range(0, whole, step_rows * _POOL):
            pool = sorted(rows[begin : min(whole, begin + step_rows * _POOL)], key=lambda row: lengths[row])
            steps = [pool[start : start + step_rows] for start in range(0, len(pool), step_rows)]
            chance.shuffle(steps)
            result += [row for step in steps for row in step]
    return result + left
