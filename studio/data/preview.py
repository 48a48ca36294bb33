"""What an uploaded file of rows holds, before any run reads it."""

from __future__ import annotations

import json
from pathlib import Path

from studio.core.errors import InputError
from studio.core.files import is_looked_through
from studio.core.text import Text, shortened
from studio.data.conversion import Conversion
from studio.data.guess import Guess, guess, require_understood
from studio.data.join import Join, joined
from studio.data.layouts import LAYOUTS
from studio.data.raw import Reading, open_raw, read_raw
from studio.data.roles import IGNORED
from studio.data.source_file import SourceFile


def require_readable(
    path: Path,
    conversion: Conversion | None = None,
    reading: Reading | None = None,
    second: Path | None = None,
    join: Join | None = None,
) -> None:
    """Raise InputError where a dataset could not be made from a file; a very large one is left to the run.

    Args:
        second: the file that its rows are joined with, as `join` says.
    """
    if is_looked_through(path) and (second is None or is_looked_through(second)):
        understood(path, conversion, reading, second, join)


def understood(
    path: Path,
    conversion: Conversion | None = None,
    reading: Reading | None = None,
    second: Path | None = None,
    join: Join | None = None,
) -> tuple[Guess, int]:
    """Return what a file's rows were understood as, and how many there are.

    Args:
        second: the file that its rows are joined with, as `join` says.

    Raises:
        InputError: a dataset could not be made from it.
    """
    raw = read_raw(path, reading).rows
    if second is not None and join is not None:
        raw = list(joined(raw, second, join))
    found = guess(raw, conversion or Conversion(), path.name)
    require_understood(found, raw, path.name)
    return found, len(raw)


def understood_columns(path: Path, source: SourceFile, second: Path | None = None) -> dict[str, str]:
    """Return the role of each column as the first rows of a file tell it; what the source says of columns stands above.

    Args:
        second: the file that its rows are joined with.

    A column whose role differs from row to row is left to each row, and a file that is not understood to the run.
    """
    try:
        rows = open_raw(path, source.reading).rows
        if source.join is not None:
            if second is None:
                return source.columns
            rows = joined(rows, second, source.join)
        found = guess(rows, source.conversion(), path.name)
    except InputError:
        return source.columns
    said = {*source.columns.values(), IGNORED}  # beside a column that was given a role, another of it is read second
    return {**{column: role for column, role in found.mapping.items() if role not in said}, **source.columns}


def preview(path: Path, conversion: Conversion | None = None, reading: Reading | None = None) -> Text:
    """Return a file's layout, how many rows it has, and the first.

    Raises:
        InputError: a dataset could not be made from it.
    """
    found, count = understood(path, conversion, reading)
    values = next((sample.raw.values for sample in found.samples if sample.raw.fault is None), {})
    title, begins = LAYOUTS.load(found.layout).title, shortened(json.dumps(values, ensure_ascii=False, default=str))
    counted = Text("1 row" if count == 1 else f"{count:,} rows", f"{count:,} 行")
    return Text(
        f"{title.en} ({found.layout}) · {counted.en} · first row: {begins}",
        f"{title.zh}（{found.layout}）· {counted.zh} · 首行：{begins}",
    )
