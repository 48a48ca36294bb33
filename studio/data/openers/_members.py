"""The files of an archive or a folder, each opened as if it came alone."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import replace
from pathlib import Path

from studio.core.errors import InputError
from studio.core.files import shown
from studio.core.text import Text
from studio.data.reading import RawRow, Reading


def is_hidden(name: str) -> bool:
    """Tell whether a system put a file there and no user."""
    parts = name.split("/")
    return (
        "__MACOSX" in parts or any(part.startswith(".") for part in parts) or parts[-1] in ("Thumbs.db", "desktop.ini")
    )


def rows_of(members: Iterable[tuple[str, Path]], whole: Path, reading: Reading) -> Iterator[RawRow]:
    """Yield the rows of files, each with its name; those that no rows can be read from are noted.

    Raises:
        InputError: a file's rows break off, or no file has any.
    """
    from studio.data.raw import UnknownFormatError, open_raw

    left = []
    read = 0
    for name, path in members:
        try:
            if path.stat().st_size == 0:
                raise UnknownFormatError(Text("the file is empty", "文件是空的"))
            raw = open_raw(path, replace(reading, notes=[]))
        except UnknownFormatError as error:
            left.append(name)
            reading.note(f"left out: {name} ({error.message.en})", f"未读取：{name}（{error.message.zh}）")
            continue
        except InputError as error:
            raise _inside(error, path, whole, name) from error
        for note in raw.notes:
            reading.note(f"{name}: {note.en}", f"{name}：{note.zh}")
        read += 1
        try:
            for row in raw.rows:
                yield replace(row, file=f"{name}/{row.file}" if row.file else name)
        except InputError as error:
            raise _inside(error, path, whole, name) from error
    if not read:
        named, named_zh = ", ".join(left[:8]) or "-", "、".join(left[:8]) or "-"
        raise InputError(
            Text(f"no file in it holds rows: {named}", f"其中没有可读取数据行的文件：{named_zh}"), None, shown(whole)
        )


def _inside(error: InputError, path: Path, whole: Path, name: str) -> InputError:
    """Return an error of a member with the place that a user knows."""
    return InputError(error.message, error.hint, error.where.replace(shown(path), f"{shown(whole)}/{name}"))
