"""Two files whose rows belong together by a key: questions and, in another file, their answers."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from itertools import chain, islice
from pathlib import Path
from typing import Literal

from pydantic import field_validator

from studio.core.errors import InputError
from studio.core.option import option
from studio.core.text import Text
from studio.data.named_file import NamedFile
from studio.data.raw import RawRow, open_raw
from studio.data.row_view import written

SECOND = " (2)"
"""What stands behind the name of a column of the second file that the first has as well."""
_NO_ROW = Text("no row of the first file has this key", "第一个文件中没有对应的行")
_LOOKED_AT = 200
_SHOWN = 12


class Join(NamedFile):
    """The second file of a source, and the key by which its rows are put to those of the first."""

    file: str = option(
        ...,
        label=Text("Second file", "第二个文件"),
        help=Text(
            "The file whose columns are put to the rows; a relative path starts at the workspace.",
            "把它的列并入各行的文件；相对路径从工作区开始。",
        ),
        refers="file",
        min_length=1,
    )
    on: str | dict[str, str] = option(
        ...,
        label=Text("Key", "关联列"),
        help=Text(
            "The column that both files have, or the first's and the second's: {question_id: id}.",
            "两个文件共有的列；列名不同时分别写出，如 {question_id: id}。",
        ),
    )
    take: Literal["all", "first"] = option(
        "all",
        names={"all": Text("All", "全部"), "first": Text("The first", "第一条")},
        label=Text("Take", "取用"),
        help=Text(
            "Where several rows have a key: a row for each of them, or the first alone.",
            "同一个键对应多行时：每行各生成一条，或只取第一条。",
        ),
    )

    @field_validator("on")
    @classmethod
    def _one_key(cls, on: str | dict[str, str]) -> str | dict[str, str]:
        names = [on] if isinstance(on, str) else [name for pair in on.items() for name in pair]
        if (isinstance(on, dict) and len(on) != 1) or not all(name.strip() for name in names):
            raise ValueError("accepted: the name of one column, or {column of the first: column of the second}")
        return on

    @property
    def keys(self) -> tuple[str, str]:
        """The key's column in the first file and in the second."""
        return (self.on, self.on) if isinstance(self.on, str) else next(iter(self.on.items()))


def joined(rows: Iterable[RawRow], second: Path, how: Join) -> Iterator[RawRow]:
    """Yield the rows of the first file with the columns of the second's; a row without a partner has a fault.

    The second file is held by its keys, the first is read row by row. What of the second belongs to no row comes last,
    as rows of that file.

    Raises:
        InputError: the second file cannot be read, or one of the files has no such column.
    """
    here, there = how.keys
    file = second.name
    partners: dict[str, list[RawRow]] = {}
    alone: list[RawRow] = []
    names: dict[str, None] = {}
    for row in open_raw(second, how.reading).rows:
        names.update(dict.fromkeys(row.values))
        key = written(row.values.get(there))
        if row.fault is None and key:
            partners.setdefault(key, []).append(row)
        else:
            alone.append(RawRow(row.line, row.values, row.fault or _no_key(there), file))
    _require_column(there, names, str(second))
    stream = iter(rows)
    begin = list(islice(stream, _LOOKED_AT))
    columns = dict.fromkeys(name for row in begin for name in row.values)
    _require_column(here, columns, "")
    matched: set[str] = set()
    for row in chain(begin, stream):
        columns.update(dict.fromkeys(row.values))
        key = written(row.values.get(here))
        if row.fault is not None or key not in partners:
            fault = row.fault or (_no_partner(file) if key else _no_key(here))
            yield RawRow(row.line, row.values, fault, row.file)
            continue
        matched.add(key)
        several = partners[key]
        for partner in several[:1] if how.take == "first" else several:
            values = {_beside(name, columns): value for name, value in partner.values.items() if name != there}
            yield RawRow(row.line, {**row.values, **values}, None, row.file)
    unmatched = [
        RawRow(row.line, row.values, _NO_ROW, file)
        for key, several in partners.items()
        if key not in matched
        for row in several
    ]
    yield from sorted([*alone, *unmatched], key=lambda row: row.line)


def _beside(name: str, columns: dict[str, None]) -> str:
    return f"{name}{SECOND}" if name in columns else name


def _require_column(name: str, columns: Iterable[str], file: str) -> None:
    listed = list(columns)
    if name in listed or not listed:  # without a readable row there is nothing to miss a column in
        return
    there = ", ".join(listed[:_SHOWN])
    raise InputError(
        Text(
            f"there is no column '{name}' to join on; there are: {there}", f"没有可用于关联的列“{name}”；现有：{there}"
        ),
        Text(
            "Name a column of both files (on: id), or one of each (on: {question_id: id}).",
            "请填写两个文件共有的列（on: id），或分别填写（on: {question_id: id}）。",
        ),
        file,
    )


def _no_key(column: str) -> Text:
    return Text(f"the key '{column}' is empty", f"关联列“{column}”为空")


def _no_partner(file: str) -> Text:
    return Text(f"{file} has no row of this key", f"{file} 中没有对应的行")
