"""How large a raw file is, for its sum and for how far reading it has come."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from studio.core.files import sha256_tree

_STRIDE_BYTES = 2**20
_HEAD_BYTES = 4096


@dataclass(frozen=True)
class Extent:
    """A file's sum and its lines.

    Args:
        lines: 0 where the file has no lines to count by: it is no text, or all of it is one.
    """

    sha256: str
    lines: int

    def rows(self, done: int, line: int) -> int:
        """Return how many rows there are likely to be, where so many have brought reading to a line; 0: nobody knows."""
        return max(done, round(done * self.lines / line)) if self.lines and 0 < line <= self.lines else 0


def extent_of(path: Path, check_stop: Callable[[], None]) -> Extent:
    """Return the extent of a file, or of a folder, which has no lines.

    Args:
        check_stop: called between the parts of a large file; what it raises ends the reading.
    """
    if path.is_dir():
        return Extent(sha256_tree(path), 0)
    digest, lines, text = hashlib.sha256(), 0, True
    with path.open("rb") as stream:
        while part := stream.read(_STRIDE_BYTES):
            text = text and b"\0" not in part[:_HEAD_BYTES]
            lines += part.count(b"\n")
            digest.update(part)
            check_stop()
    return Extent(digest.hexdigest(), lines if text and lines > 1 else 0)
