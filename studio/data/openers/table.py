"""CSV, TSV and their kin: fields parted by a comma, a semicolon, a tab or a bar, with a line of column names or without.

question,answer       question;answer       without a line of names: the fields are column 1, column 2, …
"Why, then?",Because  "Why; then?";Because
"""

from __future__ import annotations

import csv
from collections.abc import Iterator, Sequence
from pathlib import Path

from studio.core.errors import InputError
from studio.core.files import shown
from studio.core.text import Text, both
from studio.data.looks import is_html
from studio.data.openers._header import header_of, numbered
from studio.data.openers._text import fault_of, open_text, text_head, text_lines
from studio.data.openers.base import Head, Opener
from studio.data.reading import AUTO, DELIMITERS, RawRow, Reading

_LOOKED_AT = 50
_BY_NAME = {".csv": ",", ".tsv": "\t", ".tab": "\t"}
_NAMES = {
    ",": Text("commas", "逗号"),
    ";": Text("semicolons", "分号"),
    "\t": Text("tabs", "制表符"),
    "|": Text("bars (|)", "竖线（|）"),
}
_FAULTS = {
    "field larger": Text("a field holds more than 131,072 characters", "有一个字段超过 131,072 个字符"),
    "expected after": Text(
        "a quotation mark inside a quoted field is not doubled", "带引号的字段里有一个引号没有写成两个"
    ),
    "unexpected end": Text("a quoted field is not closed", "有一个带引号的字段没有结束引号"),
}
_QUOTE = Text("Look for a quotation mark that is missing or not doubled.", "请检查是否缺少引号，或引号没有写成两个。")
_LONG = Text(
    "If the field is meant to be that long, shorten it or leave the row out; else a quotation mark is missing above.",
    "如果这个字段本来就这么长，请缩短或删去这一行；否则是前面缺少了引号。",
)


def fits(path: Path, head: Head) -> bool:
    """Tell whether the first lines have the same number of fields; with a table's ending, whatever they have."""
    if not head.text.strip() or is_html(head.text):
        return False
    if path.suffix.lower() in _BY_NAME:
        return True
    found = _sample(head)
    delimiter, share = _sniffed(found, ",")
    return share >= 0.9 and len(next(iter(_parsed(found, delimiter)), [])) > 1


def rows(path: Path, reading: Reading) -> Iterator[RawRow]:
    """Return the rows.

    Raises:
        InputError: columns have the same name, or the first line cannot be read.
    """
    head = text_head(path, reading.encoding)
    usual = _BY_NAME.get(path.suffix.lower(), ",")
    sample = _sample(head)
    delimiter = DELIMITERS.get(reading.delimiter, reading.delimiter)
    sniffed, share = _sniffed(sample, usual)
    if reading.delimiter == AUTO:
        delimiter = sniffed
        if delimiter != usual:
            name = _NAMES[delimiter]
            reading.note(f"the fields are parted by {name.en}", f"字段以{name.zh}分隔")
    elif len(delimiter) != 1 or delimiter in '"\r\n':
        listed = ", ".join((AUTO, *DELIMITERS))
        raise InputError(
            Text(
                f"'{delimiter}' is no delimiter; accepted: {listed}, or one character",
                f"“{delimiter}”不是分隔符；可选：{listed}，或单个字符",
            ),
            None,
            shown(path),
        )
    begins = _parsed(sample, delimiter)
    if delimiter != sniffed and begins and len(begins[0]) == 1 and share >= 0.9:
        name = _NAMES[sniffed]
        raise InputError(
            Text(
                f"with this delimiter every row has one field; the fields look parted by {name.en}",
                f"按这个分隔符每行只有一个字段；看起来字段以{name.zh}分隔",
            ),
            Text("Set `delimiter: auto`.", "请设置 `delimiter: auto`。"),
            shown(path),
        )
    header = header_of(begins, reading, f"{shown(path)} line 1") if begins else []
    return _rows(path, reading.encoding, delimiter, header)


def _sample(head: Head) -> list[str]:
    """Return the first lines, those alone that are whole."""
    lines = head.text.split("\n")
    return lines if head.whole or len(lines) == 1 else lines[:-1]


def _parsed(lines: Sequence[str], delimiter: str) -> list[list[str]]:
    """Return the first rows that hold something, leniently read."""
    found = []
    try:
        for cells in csv.reader((f"{line}\n" for line in lines), delimiter=delimiter):
            if any(cell.strip() for cell in cells):
                found.append(cells)
            if len(found) == _LOOKED_AT:
                break
    except csv.Error:  # a field too long; what was read before it has to do
        pass
    return found


def _sniffed(lines: Sequence[str], usual: str) -> tuple[str, float]:
    """Return what parts the fields, and the share of the first rows that have as many as the very first.

    Args:
        usual: what counts where several part them equally well.
    """
    scores = {}
    for delimiter in DELIMITERS.values():
        found = _parsed(lines, delimiter)
        fields = len(found[0]) if found else 0
        share = sum(len(cells) == fields for cells in found) / len(found) if fields > 1 else 0.0
        scores[delimiter] = (share if len(found) > 1 else share / 2, delimiter == usual, fields)
    best = max(scores, key=lambda delimiter: scores[delimiter])
    return (best, scores[best][0]) if scores[best][0] else (usual, 0.0)


def _rows(path: Path, encoding: str, delimiter: str, header: list[str]) -> Iterator[RawRow]:
    """Yield the rows. Strictly read: leniently, a forgotten quote swallows all lines up to the next."""
    with open_text(path, encoding) as stream:
        reader = csv.reader(text_lines(stream), delimiter=delimiter, strict=True)
        line, fields, named = 1, len(header), not header
        while True:
            fault = None
            cells: list[str] = []
            try:
                cells = next(reader)
            except StopIteration:
                break
            except csv.Error as error:
                fault = next((said for start, said in _FAULTS.items() if start in str(error)), both(str(error)))
            here, line = line, reader.line_num + 1
            if fault and (reader.line_num > here or not fields):
                # nobody can tell which of the lines read so far are rows, and which belong to the field
                raise _unreadable(path, here, fault)
            if not fault and not any(cell.strip() for cell in cells):
                continue
            if not named:
                named = True
                continue
            if not fields:
                fields = len(cells)
                header = numbered(fields)
            if not fault and len(cells) != fields:
                fault = _count(len(cells), fields, header == numbered(fields))
            yield _row(here, header, cells, fault, encoding)


def _row(line: int, header: list[str], cells: list[str], fault: Text | None, encoding: str) -> RawRow:
    if fault is None:
        fault = fault_of("\t".join(cells), encoding)
    return RawRow(line, {} if fault else dict(zip(header, cells, strict=True)), fault)


def _count(has: int, wanted: int, unnamed: bool) -> Text:
    if unnamed:
        return Text(f"{has} fields, the first row has {wanted}", f"有 {has} 个字段，首行有 {wanted} 个")
    return Text(f"{has} fields, the header has {wanted}", f"有 {has} 个字段，表头有 {wanted} 个")


def _unreadable(path: Path, line: int, fault: Text) -> InputError:
    return InputError(
        Text(f"the row that begins here cannot be read: {fault.en}", f"从这里开始的一行无法读取：{fault.zh}"),
        _LONG if fault == _FAULTS["field larger"] else _QUOTE,
        f"{shown(path)} line {line}",
    )


OPENER = Opener(
    title=Text("Table (CSV, TSV)", "表格（CSV、TSV）"),
    suffixes=(".csv", ".tsv", ".txt"),
    fits=fits,
    rows=rows,
    order=80,
)
