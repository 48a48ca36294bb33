"""What an uploaded file holds: looked into whole, or into its first megabytes where it is too large for that."""

from __future__ import annotations

import codecs
import tempfile
from dataclasses import dataclass
from pathlib import Path

from studio.core.errors import InputError, OpenQuestionError
from studio.core.text import Text, both
from studio.runs.kind import Uploads

WHOLE = 30_000_000  # bytes; of what is larger the beginning is read, for somebody waits for the answer
HEAD = 8_000_000
_CUT = (".jsonl", ".ndjson", ".csv", ".tsv", ".txt", ".text", ".md", ".markdown")  # may end at any line
_TABLES = (".csv", ".tsv")
_MOST_LINES = 200  # of one quoted field
_NOTHING = both("")
_ASKED = InputError(
    Text(
        "Something is to be answered before this file can be used: see what it was understood as, below.",
        "使用这个文件前需要先回答一个问题：请看下方的识别结果。",
    )
)
_WIDE = (codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)


@dataclass(frozen=True)
class Contents:
    """What is known of a file.

    Args:
        holds: its layout and how it begins; empty where it was not looked into.
        doubt: why a run may not take it, which its beginning alone cannot tell for sure; or what is to be answered
            before one can.
    """

    holds: Text = _NOTHING
    doubt: InputError | None = None


def look(uploads: Uploads, path: Path) -> Contents:
    """Return what a file holds.

    Raises:
        InputError: a run could not use it.
    """
    if path.stat().st_size <= WHOLE:
        try:
            return Contents(uploads.preview(path, None))
        except OpenQuestionError:
            return Contents(doubt=_ASKED)
    head = _head(path)
    if not head:
        return Contents()
    # beside the file, and removed with what is left of uploads should this process be killed
    with tempfile.TemporaryDirectory(dir=path.parent.parent, prefix=".head-") as scratch:
        beginning = Path(scratch) / path.name
        beginning.write_bytes(head)
        try:
            holds = uploads.preview(beginning, None)
        except OpenQuestionError:
            return Contents(doubt=_ASKED)
        except InputError as error:
            return Contents(doubt=InputError(_of_the_first(error.message), error.hint, path.name))
    return Contents(_of_the_first(holds))


def _of_the_first(said: Text) -> Text:
    return Text(f"previewed from its first {HEAD // 10**6} MB: {said.en}", f"只看了开头 {HEAD // 10**6} MB：{said.zh}")


def _head(path: Path) -> bytes:
    """Return a file's first lines; nothing where a part of it cannot stand for itself."""
    with path.open("rb") as stream:
        head = stream.read(HEAD)
    begins = head[:64].removeprefix(codecs.BOM_UTF8).lstrip()
    if path.suffix.lower() not in _CUT or begins.startswith(b"[") or head.startswith(_WIDE):
        return b""
    end = head.rfind(b"\n") + 1
    if path.suffix.lower() in _TABLES:
        for _ in range(_MOST_LINES):  # a field in quotation marks may have several lines
            if not head.count(b'"', 0, end) % 2:
                break
            end = head.rfind(b"\n", 0, end - 1) + 1
    return head[:end]
