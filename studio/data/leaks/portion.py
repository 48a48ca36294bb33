"""A part of a dataset, or all of it, as a leak check looks through it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from studio.core.text import Text
from studio.data.counts import rows_of
from studio.data.dataset_folder import SPLITS, numbered_rows
from studio.data.records.base import Row

EVERY = "all"
PORTIONS = {**SPLITS, EVERY: Text("All", "全部")}
"""What a leak check may look through: a part of a dataset, or all."""


@dataclass(frozen=True)
class Portion:
    """A part of a dataset, or all of them.

    Args:
        name: what people call the dataset.
        folder: where it lies.
        split: one of its parts, or `all`.
    """

    name: str
    folder: Path
    split: str

    @property
    def splits(self) -> tuple[str, ...]:
        return tuple(SPLITS) if self.split == EVERY else (self.split,)

    def rows(self) -> Iterator[tuple[Row, dict[str, Any]]]:
        """Yield its rows, each with where it stands.

        Raises:
            InputError: it is no dataset, or a line in it is no row.
        """
        for split in self.splits:
            for line, row in numbered_rows(self.folder, split):
                yield row, {"dataset": self.name, "split": split, "line": line}

    def count(self) -> int:
        """Return how many rows it has."""
        return sum(rows_of(self.folder, split) or 0 for split in self.splits)
