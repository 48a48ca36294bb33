"""What an opener is: it knows its format by how a file begins, and gives the file's rows as a stream."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

from studio.core.text import Text
from studio.data.reading import RawRow, Reading

HEAD_BYTES = 262_144


@dataclass(frozen=True)
class Head:
    """How a file begins.

    Args:
        data: its first bytes, as they are; none for a folder.
        text: the same as text, with `\\n` at the ends of lines; empty for what is no text.
        whole: whether that is all of the file.
        encoding: what the text was read with; empty for what is no text.
    """

    data: bytes
    text: str
    whole: bool
    encoding: str

    def lines(self, most: int = 20) -> list[str]:
        """Return the first lines that hold something; the last is left out where it may be cut."""
        lines = self.text.split("\n")
        if not self.whole and len(lines) > 1:
            lines.pop()
        return [line for line in lines if line.strip()][:most]


@dataclass(frozen=True)
class Opener:
    """A format of raw files.

    Args:
        title: what a user calls it.
        suffixes: the endings its files usually have; they offer files to choose, and break ties.
        fits: whether a file is of this format, by how it begins.
        rows: the file's rows, one by one. What holds for the whole file (which rows there are, what their columns are)
            is found out, noted in the reading and refused by an InputError when this is called; a row that cannot be
            read is one with a fault. The reading's encoding is known by then.
        order: those that ask for more of a file are tried first (lower first).
    """

    title: Text
    suffixes: tuple[str, ...]
    fits: Callable[[Path, Head], bool]
    rows: Callable[[Path, Reading], Iterator[RawRow]]
    order: int
