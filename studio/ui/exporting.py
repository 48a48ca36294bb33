"""How far the exports are that are being written for a browser: it names each of them, and asks."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from studio.core.reporter import Silent
from studio.data.counts import rows_of
from studio.data.dataset_folder import SPLITS


class Written(Silent):
    """How many rows of a dataset an export has written.

    Args:
        total: how many it has.
    """

    def __init__(self, total: int) -> None:
        self.done, self.total = 0, total

    def progress(self, done: int, total: int, unit: str, saved: int | None = None) -> None:
        """Note it."""
        self.done = min(done, self.total)


class Exporting:
    """The exports under way, by the names that their browsers gave them."""

    def __init__(self) -> None:
        self._known: dict[str, Written] = {}

    @contextmanager
    def writing(self, name: str, dataset: Path) -> Iterator[Written]:
        """Have an export known by a name while it is written."""
        written = self._known[name] = Written(sum(rows_of(dataset, split) or 0 for split in SPLITS))
        try:
            yield written
        finally:
            self._known.pop(name, None)

    def told(self, name: str) -> tuple[int, int] | None:
        """Return the rows written and all of them; None where no export of this name is being written."""
        written = self._known.get(name)
        return (written.done, written.total) if written is not None else None
