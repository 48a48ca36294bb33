"""Any raw file as a stream of rows, each with the line it begins on: what the file holds decides, not its ending."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Generic, TypeVar

from studio.core.encoding import codec_of, hint_of, is_encoding, mark_of, sample_of, tell_encoding
from studio.core.errors import InputError
from studio.core.files import require_file, shown
from studio.core.text import Text
from studio.data.looks import looks_of
from studio.data.openers import OPENERS
from studio.data.openers.base import HEAD_BYTES, Head, Opener
from studio.data.reading import AUTO, RawRow, Reading

__all__ = ["RawFile", "RawRow", "Reading", "UnknownFormatError", "open_raw", "read_raw", "suffixes"]

Rows = TypeVar("Rows", list[RawRow], Iterator[RawRow])
_STRIDE = 2**20


class UnknownFormatError(InputError):
    """A file of no format that rows are read from."""


@dataclass(frozen=True)
class RawFile(Generic[Rows]):
    """A file's rows, and how it was read.

    Args:
        rows: as a list, or as a stream that may raise an InputError where the file breaks off, or holds no row.
        encoding: of a text; `utf-8` for what is no text.
        format: the opener's name.
        notes: what was assumed about the file; those of an archive's members come while they are read.
    """

    rows: Rows
    encoding: str
    format: str = ""
    notes: list[Text] = field(default_factory=list)


def suffixes() -> tuple[str, ...]:
    """Return the endings of files that rows are usually read from."""
    return tuple(dict.fromkeys(suffix for opener in _openers().values() for suffix in opener.suffixes))


def read_raw(path: Path, reading: Reading | None = None) -> RawFile[list[RawRow]]:
    """Return every row of a file; a line that cannot be read becomes a row with a fault, never nothing.

    Raises:
        InputError: as `open_raw`, or the rows break off.
    """
    raw = open_raw(path, reading)
    return RawFile(list(raw.rows), raw.encoding, raw.format, raw.notes)


def open_raw(path: Path, reading: Reading | None = None) -> RawFile[Iterator[RawRow]]:
    """Open a file, or a folder of files, as a stream of rows.

    Raises:
        InputError: it is missing, of no known format, in an encoding that cannot be told, a Git LFS pointer, or what is
            said about reading it does not fit; says what it looks like and what to do.
    """
    said = reading or Reading()
    if said.encoding != AUTO and not is_encoding(said.encoding):
        raise InputError(
            Text(f"there is no encoding '{said.encoding}'", f"没有名为“{said.encoding}”的编码"),
            Text("Say utf-8, gb18030, big5 or utf-16.", "请填写 utf-8、gb18030、big5 或 utf-16。"),
            shown(path),
        )
    head = Head(b"", "", True, "") if path.is_dir() else _head(path, said)
    told = replace(said, encoding=head.encoding or said.encoding, notes=[])
    if head.encoding not in ("", "utf-8") and said.encoding == AUTO:
        name = head.encoding.upper()
        told.note(f"the text was read as {name}", f"文本按 {name} 读取")
    name, opener = _opener(path, head)
    return RawFile(_some(opener.rows(path, told), path), head.encoding or "utf-8", name, told.notes)


def _openers() -> dict[str, Opener]:
    return dict(sorted(OPENERS.all().items(), key=lambda item: item[1].order))


def _opener(path: Path, head: Head) -> tuple[str, Opener]:
    for name, opener in _openers().items():
        if opener.fits(path, head):
            return name, opener
    if head.text and not head.text.strip():
        raise UnknownFormatError(Text("the file holds nothing but blanks", "文件里只有空白"), None, shown(path))
    looks = looks_of(head.data, head.text)
    if looks is None and sum(byte > 127 for byte in head.data) and b"\x00" not in head.data:
        raise UnknownFormatError(
            Text("the encoding of this text cannot be told", "无法判断这个文本的编码"),
            Text(
                f"Say it by `encoding` (gb18030, big5, …). {hint_of(head.data).en}",
                f"请用 `encoding` 指明（gb18030、big5 等）。{hint_of(head.data).zh}",
            ),
            shown(path),
        )
    known = ", ".join(opener.title.en for opener in _openers().values())
    known_zh = "、".join(opener.title.zh for opener in _openers().values())
    what, hint = looks or (Text("a binary file", "二进制文件"), Text(f"Accepted: {known}.", f"可接受：{known_zh}。"))
    raise UnknownFormatError(
        Text(f"no rows can be read from this; it looks like {what.en}", f"读不出数据行；这看起来是{what.zh}"),
        hint,
        shown(path),
    )


def _head(path: Path, reading: Reading) -> Head:
    """Return how a file begins. Raises InputError where there is none, or nothing in it."""
    require_file(path)
    with path.open("rb") as stream:
        data = stream.read(HEAD_BYTES)
    whole = len(data) < HEAD_BYTES
    looks = looks_of(data, "")
    encoding = "" if looks else reading.encoding if reading.encoding != AUTO else _encoding(path, data)
    if not encoding:
        return Head(data, "", whole, "")
    text = data.decode(codec_of(encoding), "replace").removeprefix("\ufeff")
    return Head(data, text.replace("\r\n", "\n").replace("\r", "\n"), whole, encoding)


def _encoding(path: Path, begins: bytes) -> str:
    """Return a text's encoding; what stands above ASCII may come late."""
    if mark_of(begins) or b"\x00" in begins or not begins.isascii():
        return tell_encoding(begins if b"\x00" in begins else sample_of(begins) if not mark_of(begins) else begins)
    with path.open("rb") as stream:
        while part := stream.read(_STRIDE):
            if not part.isascii():
                return tell_encoding(sample_of(part + stream.readline(_STRIDE))) or "utf-8"
    return "utf-8"


def _some(rows: Iterator[RawRow], path: Path) -> Iterator[RawRow]:
    """Yield rows. Raises InputError where there is none."""
    first = next(rows, None)
    if first is None:
        raise InputError(Text("the file holds no rows", "文件里没有数据行"), None, shown(path))
    yield first
    yield from rows
