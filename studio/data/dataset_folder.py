"""Reading the rows of a dataset that a run made."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from pydantic import ValidationError

from studio.core.errors import InputError
from studio.core.files import read_json, require_file
from studio.core.text import Text
from studio.data.records import RECORDS
from studio.data.records.base import Row
from studio.data.records.question import Question

ABOUT = "dataset.json"
LEFT_OUT_FILE = "rejected.jsonl"
"""The rows that were not taken, each with its reason; those beyond a limit are not among them."""
NEAR_FILE = "near.jsonl"
"""The clusters of near duplicates, one a line."""
SPLITS = {"train": Text("Training", "训练集"), "val": Text("Validation", "验证集"), "test": Text("Test", "测试集")}
"""The parts of a dataset, in the order in which they are shown."""
BY_SHARES, KEPT = "hash", "kept"
PLACES = {BY_SHARES: Text("Automatic", "自动划分"), KEPT: Text("As it is", "保持原样"), **SPLITS}
"""Where a recipe may put the rows of a file."""


def record_of(folder: Path) -> type[Row]:
    """Return what the rows of a dataset folder are; a folder that does not say holds questions.

    Raises:
        InputError: it holds rows of a kind that is not known here.
    """
    name = str((read_json(folder / ABOUT) or {}).get("record", Question.record))
    if name not in RECORDS:
        known = ", ".join(RECORDS)
        raise InputError(
            Text(f"its rows are '{name}', known are: {known}", f"它的数据行是“{name}”，可用的有：{known}"),
            Text("Make the dataset again with its recipe.", "请用配方重新生成数据集。"),
            str(folder / ABOUT),
        )
    return RECORDS[name]


def read_rows(folder: Path, split: str) -> list[Row]:
    """Return the rows of one part (`train`, `val` or `test`) of a dataset folder, in file order.

    Raises:
        InputError: as `iter_rows`.
    """
    return list(iter_rows(folder, split))


def iter_rows(folder: Path, split: str) -> Iterator[Row]:
    """Yield the rows of one part (`train`, `val` or `test`) of a dataset folder one by one, in file order.

    Raises:
        InputError: the folder is no dataset, or a line in it is no row; with the line.
    """
    return (row for _, row in numbered_rows(folder, split))


def numbered_rows(folder: Path, split: str) -> Iterator[tuple[int, Row]]:
    """Yield the rows of one part of a dataset folder, one at a time, each with its line from 1.

    Raises:
        InputError: as `iter_rows`.
    """
    path = folder / f"{split}.jsonl"
    if not path.exists():
        raise InputError(
            Text(
                "this folder is no dataset (a dataset has train.jsonl, val.jsonl and test.jsonl)",
                "这个文件夹不是数据集（数据集应有 train.jsonl、val.jsonl 和 test.jsonl）",
            ),
            Text("Make one with a `kind: dataset` recipe.", "请用 `kind: dataset` 配方生成。"),
            str(folder),
        )
    if path.stat().st_size == 0:
        return
    record = record_of(folder)
    with require_file(path).open(encoding="utf-8") as stream:
        for number, line in enumerate(stream, 1):
            if not line.strip():
                continue
            try:
                row = record.model_validate_json(line)
            except ValidationError as error:
                raise InputError(
                    Text(f"this line is no {record.noun.en}", f"这一行不是{record.noun.zh}"),
                    Text("Make the dataset again with its recipe.", "请用配方重新生成数据集。"),
                    f"{path} line {number}",
                ) from error
            yield number, row
