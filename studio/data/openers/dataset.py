"""A dataset that was made here: the rows of its parts, and nothing else that lies in its folder."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from studio.core.errors import InputError
from studio.core.files import read_json, shown
from studio.core.text import Text
from studio.data.dataset_folder import ABOUT, SPLITS
from studio.data.openers._members import rows_of
from studio.data.openers.base import Head, Opener
from studio.data.reading import RawRow, Reading


def is_dataset(path: Path) -> bool:
    """Tell whether a folder is a dataset that was made here."""
    return path.is_dir() and isinstance((read_json(path / ABOUT) or {}).get("splits"), dict)


def fits(path: Path, head: Head) -> bool:
    return is_dataset(path)


def rows(path: Path, reading: Reading) -> Iterator[RawRow]:
    """Return the rows of its parts, each with the part's file. Raises InputError where no part has any."""
    files = [(f"{split}.jsonl", path / f"{split}.jsonl") for split in SPLITS]
    filled = [(name, file) for name, file in files if file.is_file() and file.stat().st_size]
    if not filled:
        raise InputError(Text("the dataset holds no rows", "数据集里没有数据行"), None, shown(path))
    return rows_of(filled, path, reading)


def part_of(file: str) -> str | None:
    """Return the part that a row of such a dataset stands in, by the file that it came from; None where it is no part's."""
    split = file.removesuffix(".jsonl")
    return split if split in SPLITS and split != file else None


def require_dataset(path: Path) -> None:
    """Raise InputError where a file has no splits that its rows could stay in."""
    if not is_dataset(path):
        raise InputError(
            Text("only a dataset that was made here has splits to keep", "只有本平台生成的数据集才有可保持的划分"),
            Text("Name the dataset's folder, or choose another split.", "请填写数据集的文件夹，或选择其他划分。"),
            shown(path),
        )


OPENER = Opener(
    title=Text("Dataset made here", "本平台生成的数据集"),
    suffixes=(),
    fits=fits,
    rows=rows,
    order=-10,
)
