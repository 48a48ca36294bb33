"""A scratch file of lines on their way through a run: on the disk, because a large file's rows do not fit into memory."""

from __future__ import annotations

import os
from array import array
from collections.abc import Iterator
from pathlib import Path
from types import TracebackType

_BUFFER_BYTES = 2**20


class Spool:
    """Lines of bytes, appended in order, read back by their number or all in order; gone when it is left."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._stream = path.open("w+b", buffering=_BUFFER_BYTES)
        self._ends = array("q")
        self._written = 0
        self._flushed = 0

    def __enter__(self) -> Spool:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._stream.close()
        self._path.unlink(missing_ok=True)

    def __len__(self) -> int:
        return len(self._ends)

    def append(self, line: bytes) -> None:
        """Append a line, which holds no end of a line."""
        self._stream.write(line)
        self._stream.write(b"\n")
        self._written += len(line) + 1
        self._ends.append(self._written)

    def line(self, number: int) -> bytes:
        """Return a line by its number, from 0."""
        begin, end = self._ends[number - 1] if number else 0, self._ends[number]
        if end > self._flushed:
            self._stream.flush()
            self._flushed = self._written
        return os.pread(self._stream.fileno(), end - 1 - begin, begin)

    def __iter__(self) -> Iterator[bytes]:
        """Yield all lines, in order."""
        self._stream.flush()
        with self._path.open("rb", buffering=_BUFFER_BYTES) as stream:
            for line in stream:
                yield line[:-1]
