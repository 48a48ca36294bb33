"""Rows out of Arrow's batches, as JSON would give them."""

from __future__ import annotations

import base64
import datetime
import decimal
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from studio.core.errors import InputError
from studio.core.files import shown
from studio.core.text import Text
from studio.data.reading import RawRow

BATCH_ROWS = 1024


def rows_of(batches: Iterable[Any], path: Path, what: str) -> Iterator[RawRow]:
    """Yield the rows of record batches, each with its number."""
    number = 0
    with readable(path, what):
        for batch in batches:
            for values in batch.to_pylist():
                number += 1
                yield RawRow(number, {str(key): _plain(value) for key, value in values.items()})


@contextmanager
def readable(path: Path, what: str) -> Iterator[None]:
    """Turn what Arrow raises for a damaged file into an InputError."""
    import pyarrow

    try:
        yield
    except (pyarrow.ArrowException, OSError, ValueError, MemoryError) as error:
        raise InputError(
            Text(f"this {what} file is damaged or cut short", f"这个 {what} 文件已损坏或不完整"),
            Text("Get it again.", "请重新获取。"),
            shown(path),
        ) from error


def _plain(value: Any) -> Any:
    """Return a value as JSON has it: dates as ISO, bytes as text, or in base 64 where they are none."""
    if isinstance(value, dict):
        return {str(key): _plain(item) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [_plain(item) for item in value]
    if isinstance(value, datetime.date | datetime.time):
        return value.isoformat()
    if isinstance(value, datetime.timedelta | decimal.Decimal):
        return str(value)
    if isinstance(value, bytes):
        try:
            return value.decode()
        except UnicodeDecodeError:
            return base64.b64encode(value).decode()
    return value
