"""Whether the first row of a table names its columns."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from typing import Any

from studio.core.errors import InputError
from studio.core.text import Text
from studio.data.reading import Reading

_LONGEST_NAME = 60
_HALF = re.compile("[\ud800-\udfff]")  # a wrong byte, as texts are opened
_NUMBER = re.compile(r"[-+]?\d[\d,.]*%?")
_SENTENCE = re.compile(r"[。！？!?；]\s*$|[，,].*[。.]\s*$|[.]\s*$|^\(?[A-Ha-h][).、．]\s*\S")


def header_of(rows: Sequence[Sequence[Any]], reading: Reading, where: str, unnamed: bool = True) -> list[str]:
    """Return the names of a table's columns, by its first rows; empty where the first is a row like the others.

    Args:
        rows: the first rows, at least one.
        reading: may say whether there is a header; is told where one was found missing.
        where: the first row's place, for the message.
        unnamed: whether the columns are given numbers where they have no names.

    Raises:
        InputError: two columns have one name: one would hide the other.
    """
    first = [_HALF.sub("\ufffd", str(cell)).strip().lstrip("\ufeff") for cell in rows[0]]
    if reading.header != "no" and (reading.header == "yes" or not _is_data(first, rows[1:])):
        return _distinct(first, where)
    if not unnamed:
        return []
    if reading.header != "no":
        reading.note(
            "the first row looks like data, so the columns were numbered: column 1, column 2, … "
            "(if it holds their names: header: yes)",
            "首行看起来是数据，因此各列编号为 column 1、column 2……（如果首行是列名，请设置 header: yes）",
        )
    return []


def numbered(count: int) -> list[str]:
    """Return the names of columns that have none."""
    return [f"column {number + 1}" for number in range(count)]


def _is_data(first: list[str], others: Sequence[Sequence[Any]]) -> bool:
    """Tell whether a row is one of data: long, a sentence, a number, or a value that the rows below have as well."""
    named = [cell for cell in first if cell]
    if not named:
        return True
    if named == [str(number) for number in range(len(named))]:  # as pandas names columns that have no name
        return False
    if any(len(cell) > _LONGEST_NAME or _SENTENCE.search(cell) or _NUMBER.fullmatch(cell) for cell in named):
        return True
    for column, cell in enumerate(first):
        below = [str(row[column]).strip() for row in others if len(row) > column]
        whole = [row for row in others if [str(value).strip() for value in row] == first]
        if cell and cell in below and not whole and len(below) > 1:
            return True
    return False


def _distinct(names: list[str], where: str) -> list[str]:
    twice = [name for name, count in Counter(name.casefold() for name in names if name).items() if count > 1]
    if twice:
        listed = ", ".join(twice)
        raise InputError(
            Text(f"columns with the same name: {listed}", f"有重名的列：{listed}"),
            Text("Give each column a name of its own.", "请给每一列起不同的名字。"),
            where,
        )
    return names
