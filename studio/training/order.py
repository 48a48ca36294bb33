"""The order in which rows are learned: shuffled, with rows of like length in one batch so that little is padding."""

from __future__ import annotations

import random
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import chain, islice, repeat

_POOL = 16


@dataclass(frozen=True)
class RowOrder:
    """The row numbers of a whole training, epoch after epoch, to be cut into steps and batches as they stand.

    They are dealt an epoch at a time, so that any number of epochs costs no more memory than one. The order depends on the
    arguments alone, so that a resumed training goes on with the very rows that were next.

    Args:
        lengths: tokens of each row.
        step_rows: rows in one optimizer step, so that a step learns the same rows in however many batches; rows are
            sorted by length within pools of 16 steps, never across epochs, where the copies of one row would fill a step.
        epochs: how often each row comes up; a fraction ends in the middle of a shuffle.
        seed: of the shuffles.
        most: rows after which the training ends, if it does before its epochs are over.
        before: rows that another training has learned which this one goes on from: any stand in their place, since a trainer
            passes over what is done.
    """

    lengths: Sequence[int]
    step_rows: int
    epochs: float
    seed: int
    most: int | None = None
    before: int = 0

    def __len__(self) -> int:
        wanted = max(1, round(self.epochs * len(self.lengths)))
        return self.before + (wanted if self.most is None else min(wanted, self.most))

    def __iter__(self) -> Iterator[int]:
        return chain(repeat(0, self.before), islice(self._dealt(), len(self) - self.before))

    def _dealt(self) -> Iterator[int]:
        chance = random.Random(self.seed)
        wanted = max(1, round(self.epochs * len(self.lengths)))
        left: list[int] = []  # too few for a step at the end of an epoch, they begin the next
        while len(left) < wanted:
            epoch = list(range(len(self.lengths)))
            chance.shuffle(epoch)
            rows = left + epoch[: wanted - len(left)]
            whole = len(rows) - len(rows) % self.step_rows
            left = rows[whole:]
            for begin in range(0, whole, self.step_rows * _POOL):
                yield from self._pooled(rows[begin : min(whole, begin + self.step_rows * _POOL)], chance)
            wanted -= whole
        yield from left

    def _pooled(self, rows: list[int], chance: random.Random) -> Iterator[int]:
        """Yield the rows of a pool, a step of like length after another, the steps shuffled."""
        pool = sorted(rows, key=lambda row: self.lengths[row])
        steps = [pool[start : start + self.step_rows] for start in range(0, len(pool), self.step_rows)]
        chance.shuffle(steps)
        for step in steps:
            yield from step
