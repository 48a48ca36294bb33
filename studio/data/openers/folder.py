"""A folder: every file in it that rows can be read from, sorted by name; links are not followed."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from studio.core.errors import InputError
from studio.core.files import shown
from studio.core.text import Text
from studio.data.openers._members import is_hidden, rows_of
from studio.data.openers.base import Head, Opener
from studio.data.reading import RawRow, Reading

_MOST_FILES = 10_000


def fits(path: Path, head: Head) -> bool:
    return path.is_dir()


def rows(path: Path, reading: Reading) -> Iterator[RawRow]:
    """Return the rows of all files. Raises InputError where there is none, or there are too many."""
    found = []
    for item in path.rglob("*"):
        name = shown(item.relative_to(path))
        if item.is_symlink() or not item.is_file() or is_hidden(name):
            continue
        found.append((name, item))
        if len(found) > _MOST_FILES:
            raise InputError(
                Text("the folder holds more than 10,000 files", "文件夹里的文件超过 10,000 个"),
                Text("Name the folder that holds the rows.", "请指定含数据行的文件夹。"),
                shown(path),
            )
    if not found:
        raise InputError(Text("there is no file in the folder", "文件夹里没有文件"), None, shown(path))
    return rows_of(sorted(found), path, reading)


OPENER = Opener(
    title=Text("Folder", "文件夹"),
    suffixes=(),
    fits=fits,
    rows=rows,
    order=0,
)
