"""The order in which rows are learned: shuffled, with rows of like length in one batch so that little is padding."""

from __future__ import annotations

import random
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import islice

_POOL = 16


@dataclass(frozen=True)
class RowOrder:
    """The row numbers of a whole training, epoch after epoch, to be cut into batches as they stand.

    They are dealt an epoch at a time, so that any number of epochs costs no more memory than one. The order depends on the
    arguments alone, so that a resumed training goes on with the very rows that were next.

    Args:
        lengths: tokens of each row.
        batch_size: rows in one batch; rows are sorted by length within pools of 16 batches, never across epochs, where
            the copies of one row would fill a batch.
        epochs: how often each row comes up; a fraction ends in the middle of a shuffle.
        seed: of the shuffles.
        most: rows after which the training ends, if it does before its epochs are over.
    """

    lengths: Sequence[int]
    batch_size: int
    epochs: float
    seed: int
    most: int | None = None

    def __len__(self) -> int:
        wanted = max(1, round(self.epochs * len(self.lengths)))
        return wanted if self.most is None else min(wanted, self.most)

    def __iter__(self) -> Iterator[int]:
        return islice(self._dealt(), len(self))

    def _dealt(self) -> Iterator[int]:
        chance = random.Random(self.seed)
        wanted = max(1, round(self.epochs * len(self.lengths)))
        left: list[int] = []  # too few for a batch at the end of an epoch, they begin the next
        while len(left) < wanted:
            epoch = list(range(len(self.lengths)))
            chance.shuffle(epoch)
            rows = left + epoch[: wanted - len(left)]
            whole = len(rows) - len(rows) % self.batch_size
            left = rows[whole:]
            for begin in range(0, whole, self.batch_size * _POOL):
                yield from self._pooled(rows[begin : min(whole, begin + self.batch_size * _POOL)], chance)
            wanted -= whole
        yield from left

    def _pooled(self, rows: list[int], chance: random.Random) -> Iterator[int]:
        """Yield the rows of a pool, a batch of like length after another, the batches shuffled."""
        pool = sorted(rows, key=lambda row: self.lengths[row])
        batches = [pool[start : start + self.batch_size] for start in range(0, len(pool), self.batch_size)]
        chance.shuffle(batches)
        for batch in batches:
            yield from batch
