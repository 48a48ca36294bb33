"""The first rows of a file, for whoever waits for an answer about it: read once, and no further than they go."""

from __future__ import annotations

from functools import lru_cache
from itertools import islice
from pathlib import Path

from studio.data.guess import LOOKED_AT
from studio.data.raw import RawFile, RawRow, Reading, open_raw
from studio.data.source_file import SourceFile


def first_rows(path: Path, source: SourceFile) -> RawFile[list[RawRow]]:
    """Return the first rows of a source's file, and how it was read; again at once while the file stays as it is.

    Raises:
        InputError: it is missing, or no row can be told from the next.
    """
    try:
        state = path.stat()
    except OSError:
        return _first(path, source.reading, 0, 0)
    return _first(path, source.reading, state.st_mtime_ns, state.st_size)


@lru_cache(maxsize=16)
def _first(path: Path, reading: Reading, mtime_ns: int, size: int) -> RawFile[list[RawRow]]:
    raw = open_raw(path, reading)
    return RawFile(list(islice(raw.rows, LOOKED_AT)), raw.encoding, raw.format, raw.notes)
