"""One JSON object a line, as most public sets are published; also objects printed over several lines, and arrays.

{"question": "…", "answer": "…"}      ["…", "…"]      becomes the fields 0 and 1
{"question": "…", "answer": "…"}      ["…", "…"]
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

from studio.core.text import Text
from studio.data.openers._header import header_of
from studio.data.openers._json import NO_JSON, JsonText, parse, plain_row, row_of
from studio.data.openers._lines import form_of, value_of
from studio.data.openers._text import fault_of, open_bytes, open_text, text_head
from studio.data.openers.base import Head, Opener
from studio.data.reading import LONGEST_ROW, RawRow, Reading

_NO_ROW = Text("the line is no JSON object", "这一行不是 JSON 对象")
_TOO_LONG = Text("the line is longer than 64 MB", "这一行超过 64 MB")


def fits(path: Path, head: Head) -> bool:
    return head.text.lstrip()[:1] in ("[", "{") and form_of(path, head) != "document"


def rows(path: Path, reading: Reading) -> Iterator[RawRow]:
    """Return the rows; arrays below a line of column names are a table."""
    head = text_head(path, reading.encoding)
    if form_of(path, head) == "objects":
        return _below(_objects(path, reading), reading.path)
    values = [value for line in head.lines(50) if (value := value_of(line)) is not None]
    lists = values != [] and isinstance(values[0], list)
    arrays = [value for value in values if isinstance(value, list)]
    if lists and len(arrays) > 1 and all(isinstance(cell, str) for cell in arrays[0]):
        header = header_of(arrays, reading, f"{path} line 1", unnamed=False)
        if header:
            return _table(_lines(path, reading, lists), header)
    return _below(_lines(path, reading, lists), reading.path)


def _lines(path: Path, reading: Reading, lists: bool) -> Iterator[RawRow]:
    with open_bytes(path, reading.encoding) as stream:
        number = 0
        while line := stream.readline(LONGEST_ROW + 1):
            number += 1
            if (row := plain_row(line, number)) is not None:
                yield row
                continue
            if len(line) > LONGEST_ROW:
                while line and not line.endswith(b"\n"):
                    line = stream.readline(LONGEST_ROW)
                yield RawRow(number, {}, _TOO_LONG)
                continue
            for place, part in enumerate(line.rstrip(b"\r\n").split(b"\r")):  # old Macs end their lines with it
                number += place > 0
                if part.strip():
                    yield _row(part, number, reading.encoding, lists)


def _row(line: bytes, number: int, encoding: str, lists: bool) -> RawRow:
    text = line.decode("utf-8", "surrogateescape")
    try:
        value = parse(text)
    except (ValueError, RecursionError):  # brackets within brackets a thousandfold
        return RawRow(number, {}, fault_of(text, encoding) or NO_JSON)
    return row_of(value, text, number, encoding, _NO_ROW, lists)


def _objects(path: Path, reading: Reading) -> Iterator[RawRow]:
    """Yield objects that are printed over several lines, one after another."""
    with open_text(path, reading.encoding) as stream:
        document = JsonText(stream, path)
        while following := document.peek():
            if following == ",":
                document.take(",")
                continue
            line = document.line
            value, text = document.value()
            yield row_of(value, text, line, reading.encoding, _NO_ROW)


def _table(found: Iterator[RawRow], header: list[str]) -> Iterator[RawRow]:
    next(found)
    for row in found:
        cells = list(row.values.values())
        if row.fault is None and len(cells) != len(header):
            fault = Text(
                f"{len(cells)} fields, the header has {len(header)}", f"有 {len(cells)} 个字段，表头有 {len(header)} 个"
            )
            yield RawRow(row.line, {}, fault)
        else:
            yield RawRow(row.line, dict(zip(header, cells, strict=False)), row.fault)


def _below(found: Iterator[RawRow], path: str) -> Iterator[RawRow]:
    """Yield what stands at a path in each row: an object, or a list of them."""
    if not path:
        yield from found
        return
    for row in found:
        held: Any = row.values
        for step in path.split("."):
            held = held.get(step) if isinstance(held, dict) else None
        if row.fault is not None:
            yield row
        elif isinstance(held, dict):
            yield RawRow(row.line, held)
        elif isinstance(held, list) and held and all(isinstance(item, dict) for item in held):
            yield from (RawRow(row.line, item) for item in held)
        else:
            yield RawRow(row.line, {}, Text(f"there are no rows at '{path}'", f"“{path}”处没有数据行"))


OPENER = Opener(
    title=Text("JSONL", "JSONL"),
    suffixes=(".jsonl", ".ndjson"),
    fits=fits,
    rows=rows,
    order=60,
)
