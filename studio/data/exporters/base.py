"""What an exporter is: it writes the parts of a finished dataset as files that other programs, or people, read."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

from studio.core.files import is_name, read_json
from studio.core.reporter import Reporter
from studio.core.text import Text
from studio.data.dataset_folder import ABOUT, SPLITS, iter_rows, record_of
from studio.data.records.base import Row


class UnshownError(ValueError):
    """A row that a format has no way to write down; its reason is counted."""

    def __init__(self, reason: Text) -> None:
        super().__init__(reason.en)
        self.reason = reason


@dataclass(frozen=True)
class DatasetParts:
    """A finished dataset, whose rows can be read as often as a format needs, one by one."""

    folder: Path

    @property
    def name(self) -> str:
        """What files are named by."""
        name = str((read_json(self.folder / ABOUT) or {}).get("name", ""))
        return name if is_name(name) else "dataset"

    @cached_property
    def record(self) -> type[Row]:
        return record_of(self.folder)

    def splits(self) -> list[str]:
        """Return the parts that hold rows."""
        return [split for split in SPLITS if (self.folder / f"{split}.jsonl").stat().st_size]

    def rows(self, split: str) -> Iterator[Row]:
        return iter_rows(self.folder, split)


@dataclass(frozen=True)
class Exporter:
    """A format that a dataset can be written in.

    Args:
        title: what a user calls it.
        help: what it is for, and what it leaves out.
        records: the classes of rows that it can show.
        write: writes all parts into an empty folder, row by row, and returns the rows that it could not show by the reason.
        order: the place among the others.
    """

    title: Text
    help: Text
    records: tuple[type[Row], ...]
    write: Callable[[DatasetParts, Path, Reporter], Counter[Text]]
    order: int = 100
