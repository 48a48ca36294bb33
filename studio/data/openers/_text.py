"""Text files as streams of UTF-8, whatever they are written in."""

from __future__ import annotations

import codecs
import io
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, BinaryIO, TextIO

from studio.core.encoding import codec_of
from studio.core.text import Text
from studio.data.openers.base import HEAD_BYTES, Head
from studio.data.reading import LONGEST_ROW

if TYPE_CHECKING:
    from _typeshed import WriteableBuffer

_CHUNK = 2**20


def open_bytes(path: Path, encoding: str) -> BinaryIO:
    """Open a text as UTF-8 without a mark, its lines ending in `\\n` or `\\r\\n`.

    Another encoding, and lines that end in `\\r` alone, are turned while they are read. Bytes that are wrong in the
    encoding are wrong in UTF-8 as well, so that they cost their rows.
    """
    stream = path.open("rb")
    begins = stream.read(_CHUNK)
    plain = encoding in ("utf-8", "ascii") and not (b"\r" in begins and b"\n" not in begins)
    stream.seek(len(codecs.BOM_UTF8) if begins.startswith(codecs.BOM_UTF8) else 0)
    if plain:
        return stream
    text = io.TextIOWrapper(stream, codec_of(encoding), _errors(encoding))
    return io.BufferedReader(_Turned(text), _CHUNK)


class _Turned(io.RawIOBase):
    """A text as UTF-8, turned as far as it is read: a large file's first rows are there at once."""

    def __init__(self, text: TextIO) -> None:
        self._text = text
        self._waiting = memoryview(b"")

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: WriteableBuffer) -> int:
        if not self._waiting:
            self._waiting = memoryview(self._text.read(_CHUNK).encode("utf-8", "surrogatepass"))
        room = memoryview(buffer)
        size = min(len(room), len(self._waiting))
        room[:size] = self._waiting[:size]
        self._waiting = self._waiting[size:]
        return size

    def close(self) -> None:
        self._text.close()
        super().close()


def open_text(path: Path, encoding: str) -> TextIO:
    """Open a text; lines end in `\\n`, and bytes that are wrong become halves of surrogate pairs."""
    return io.TextIOWrapper(open_bytes(path, encoding), "utf-8", "surrogateescape")


def text_head(path: Path, encoding: str) -> Head:
    """Return how a text begins."""
    with open_text(path, encoding) as stream:
        text = stream.read(HEAD_BYTES)
    return Head(b"", text, len(text) < HEAD_BYTES, encoding)


def text_lines(stream: TextIO) -> Iterator[str]:
    """Yield a stream's lines; one without end is cut where no row may be that long, and its rest passed over."""
    while line := stream.readline(LONGEST_ROW):
        if len(line) == LONGEST_ROW and not line.endswith("\n"):
            while (rest := stream.readline(_CHUNK)) and not rest.endswith("\n"):
                pass
            line = f"{line[:200_000]}\n"
        yield line


def fault_of(text: str, encoding: str) -> Text | None:
    """Return what is wrong with a row's text: bytes that are no text, or zero bytes."""
    if "\x00" in text:
        return Text("zero bytes (NUL) between the characters", "文字之间有空字节（NUL）")
    try:
        text.encode()
    except UnicodeEncodeError:
        name = encoding.upper()
        return Text(f"a byte that is no {name}", f"有一个字节不是 {name}")
    return None


def _errors(encoding: str) -> str:
    return "replace" if encoding.startswith("utf-16") else "surrogateescape"
