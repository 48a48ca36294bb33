"""Parquet, as the Hugging Face hub keeps most data sets; read batch by batch."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from studio.core.text import Text
from studio.data.openers._arrow import BATCH_ROWS, readable, rows_of
from studio.data.openers.base import Head, Opener
from studio.data.reading import RawRow, Reading


def fits(path: Path, head: Head) -> bool:
    return head.data.startswith(b"PAR1")


def rows(path: Path, reading: Reading) -> Iterator[RawRow]:
    """Return the rows. Raises InputError where the file is damaged."""
    from pyarrow import parquet

    with readable(path, "Parquet"):
        file = parquet.ParquetFile(path)
    return rows_of(file.iter_batches(batch_size=BATCH_ROWS), path, "Parquet")


OPENER = Opener(
    title=Text("Parquet", "Parquet"),
    suffixes=(".parquet",),
    fits=fits,
    rows=rows,
    order=20,
)
