"""Nested subsets of a training part: a smaller one is part of a larger one, so that models can be compared by rows."""

from __future__ import annotations

from collections.abc import Sequence
from heapq import nsmallest
from pathlib import Path

from studio.core.errors import InputError
from studio.core.files import read_json
from studio.core.text import Text
from studio.data.counts import rows_of
from studio.data.dataset_folder import ABOUT, read_rows
from studio.data.normal import USUAL_SEED, answer_mark, marks, rank
from studio.data.records.base import Row


def training_rows(folder: Path, count: int | None = None) -> list[Row]:
    """Return the training rows of a dataset folder, or a subset of so many, in file order.

    Raises:
        InputError: the folder is no dataset, or holds fewer.
    """
    rows = read_rows(folder, "train")
    if count is None:
        return rows
    _require(count, len(rows))
    return subset(rows, count, seed_of(folder))


def subset(rows: Sequence[Row], count: int, seed: int) -> list[Row]:
    """Return so many rows, in their order: those of the lowest ranks by what they ask and answer, so that neither their
    order nor further rows change which of two comes first."""
    drawn = nsmallest(
        count, range(len(rows)), key=lambda at: (rank(seed, marks(rows[at]).asked + answer_mark(rows[at])), at)
    )
    return [rows[at] for at in sorted(drawn)]


def seed_of(folder: Path) -> int:
    """Return the seed that a dataset was split by, which its subsets follow."""
    split = (read_json(folder / ABOUT) or {}).get("split")
    seed = split.get("seed") if isinstance(split, dict) else None
    return seed if isinstance(seed, int) else USUAL_SEED


def require_rows(folder: Path, count: int) -> None:
    """Raise InputError where the training part of a dataset has fewer rows."""
    held = rows_of(folder, "train")
    if held is not None:
        _require(count, held)


def _require(count: int, held: int) -> None:
    if count > held:
        raise InputError(
            Text(
                f"{count:,} training rows are asked for, and the dataset has {held:,}",
                f"要用 {count:,} 行训练数据，而数据集的训练集只有 {held:,} 行",
            ),
            Text(f"Ask for {held:,} at most, or leave it empty to take all.", f"最多可填 {held:,}；留空则全部使用。"),
        )
