"""Arrow files and streams, as `datasets` keeps them on disk (`data-00000-of-00001.arrow`); also Feather."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

from studio.core.text import Text
from studio.data.openers._arrow import BATCH_ROWS, readable, rows_of
from studio.data.openers.base import Head, Opener
from studio.data.reading import RawRow, Reading

_FILE = b"ARROW1"
_STREAM = b"\xff\xff\xff\xff"


def fits(path: Path, head: Head) -> bool:
    # behind a stream's first mark stands how long its schema is
    size = int.from_bytes(head.data[4:8], "little")
    return head.data.startswith(_FILE) or (head.data.startswith(_STREAM) and 0 < size < 2**24)


def rows(path: Path, reading: Reading) -> Iterator[RawRow]:
    """Return the rows. Raises InputError where the file is damaged."""
    import pyarrow
    from pyarrow import ipc

    with readable(path, "Arrow"):
        source = pyarrow.memory_map(str(path))
        is_file = source.read(len(_FILE)) == _FILE
        source.seek(0)
        reader = ipc.open_file(source) if is_file else ipc.open_stream(source)
    return rows_of(_batches(reader, is_file), path, "Arrow")


def _batches(reader: Any, is_file: bool) -> Iterator[Any]:
    """Yield small batches; a reader's own may hold a whole file."""
    found = map(reader.get_batch, range(reader.num_record_batches)) if is_file else reader
    for batch in found:
        batch.validate(full=True)
        for begin in range(0, batch.num_rows, BATCH_ROWS):
            yield batch.slice(begin, BATCH_ROWS)


OPENER = Opener(
    title=Text("Arrow", "Arrow"),
    suffixes=(".arrow", ".feather"),
    fits=fits,
    rows=rows,
    order=21,
)
