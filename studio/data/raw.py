"""Raw rows of a file, each with the line it begins on: JSONL, JSON and CSV, whatever the file's ending says."""

from __future__ import annotations

import csv
import io
import json
import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from studio.core.errors import InputError
from studio.core.files import read_text
from studio.core.text import Text, both

_HALF = re.compile(r"\\u[dD][89a-fA-F]")  # half of a surrogate pair, written as JSON escapes it
_CSV_FAULTS = {
    "field larger": Text("a field holds more than 131,072 characters", "有一个字段超过 131,072 个字符"),
    "expected after": Text(
        "a quotation mark inside a quoted field is not doubled", "带引号的字段里有一个引号没有写成两个"
    ),
    "unexpected end": Text("a quoted field is not closed", "有一个带引号的字段没有结束引号"),
}


@dataclass(frozen=True)
class RawRow:
    """One row, or the reason why a line gave none.

    `line` is 1-based; in a JSON array it is the line on which the row's object begins.
    """

    line: int
    values: dict[str, Any]
    fault: Text | None = None


@dataclass(frozen=True)
class RawFile:
    """A file's rows, and the encoding its text was read with."""

    rows: list[RawRow]
    encoding: str


def read_raw(path: Path) -> RawFile:
    """Return every row of a file; a line that cannot be read becomes a row with a fault, never nothing.

    Raises:
        InputError: the file is missing, no text, a Git LFS pointer, holds no rows at all, or does not tell where
            one row ends and the next begins.
    """
    text, encoding = read_text(path)
    text = text.replace("\r\n", "\n").replace("\r", "\n")  # old Macs end their lines with \r alone
    body = text.lstrip()
    if path.suffix.lower() in (".csv", ".tsv"):
        rows = list(_csv(text, "\t" if path.suffix.lower() == ".tsv" else ",", path))
    elif body.startswith("["):
        rows = list(_array(text, path))
    elif body.startswith("{"):
        rows = list(_lines_or_object(text))
    else:
        raise InputError(
            Text(
                "this is neither JSONL, nor JSON, nor CSV (a CSV file's name must end in .csv)",
                "这个文件不是 JSONL、JSON 或 CSV（CSV 文件名应以 .csv 结尾）",
            ),
            Text(
                "Accepted: one JSON object a line, an array of objects, or a table with a header line.",
                "可接受：每行一个 JSON 对象、对象组成的数组，或带表头的表格。",
            ),
            f"{path} line 1",
        )
    if not rows:
        raise InputError(Text("the file holds no rows", "文件里没有数据行"), None, str(path))
    if _HALF.search(text):
        rows = [_whole(row) for row in rows]
    return RawFile(rows, encoding)


def _whole(row: RawRow) -> RawRow:
    """Return the row; with a fault where a text holds half a surrogate pair, which no UTF-8 file can keep."""
    try:
        json.dumps(row.values, ensure_ascii=False).encode()
    except UnicodeEncodeError as error:
        half = f"\\u{ord(error.object[error.start]):04x}"
        return RawRow(
            row.line,
            row.values,
            Text(f"half a character ({half}): the text was cut", f"有半个字符（{half}）：文字被截断了"),
        )
    return row


def _lines_or_object(text: str) -> Iterator[RawRow]:
    """One object a line; or one object that is a table of rows by key, as PubMedQA and others publish."""
    try:
        whole = json.loads(text)
    except (ValueError, RecursionError):
        whole = None
    if isinstance(whole, dict) and len(whole) > 1 and all(isinstance(item, dict) for item in whole.values()):
        for key, item in whole.items():
            before = text.find(json.dumps(key, ensure_ascii=False))
            yield RawRow(text.count("\n", 0, max(before, 0)) + 1, {"id": key, **item})
        return
    if isinstance(whole, dict):
        yield RawRow(1, whole)
        return
    for number, line in enumerate(text.split("\n"), 1):
        if line.strip():
            yield _object(line, number)


def _object(line: str, number: int) -> RawRow:
    try:
        value = json.loads(line)
    except (ValueError, RecursionError):  # brackets within brackets a thousandfold
        return RawRow(number, {}, Text("not valid JSON", "不是合法的 JSON"))
    if not isinstance(value, dict):
        return RawRow(number, {}, Text("the line is no JSON object", "这一行不是 JSON 对象"))
    return RawRow(number, value)


def _array(text: str, path: Path) -> Iterator[RawRow]:
    decoder = json.JSONDecoder()
    position = text.index("[") + 1
    line = text.count("\n", 0, position) + 1
    while True:
        begin = position
        while position < len(text) and text[position] in " \t\n,":
            position += 1
        line += text.count("\n", begin, position)
        if text[position : position + 1] == "]":
            break
        try:
            value, end = decoder.raw_decode(text, position)
        except (ValueError, RecursionError) as error:
            raise InputError(
                Text("the JSON array breaks off here", "JSON 数组在这里中断"),
                Text("The file may be cut short; get it again.", "文件可能不完整，请重新获取。"),
                f"{path} line {line}",
            ) from error
        if isinstance(value, dict):
            yield RawRow(line, value)
        else:
            yield RawRow(line, {}, Text("the item is no JSON object", "这一项不是 JSON 对象"))
        line += text.count("\n", position, end)
        position = end
    rest = text[position + 1 :].lstrip()
    if rest:
        line = text.count("\n", 0, len(text) - len(rest)) + 1
        raise InputError(
            Text("something follows the end of the JSON array", "JSON 数组结束之后还有内容"),
            Text("Put all rows into one array, or one object a line.", "请把所有行放进同一个数组，或每行一个对象。"),
            f"{path} line {line}",
        )


def _csv(text: str, delimiter: str, path: Path) -> Iterator[RawRow]:
    """Rows of a table with a header. Strictly read: leniently, a forgotten quote swallows all lines up to the next."""
    reader = csv.reader(io.StringIO(text), delimiter=delimiter, strict=True)
    header: list[str] = []
    line = 1
    while True:
        fault = None
        cells: list[str] = []
        try:
            cells = next(reader)
        except StopIteration:
            return
        except csv.Error as error:
            fault = next((said for start, said in _CSV_FAULTS.items() if start in str(error)), both(str(error)))
        here, line = line, reader.line_num + 1
        if fault and (reader.line_num > here or not header):
            # nobody can tell which of the lines read so far are rows, and which belong to the field
            raise InputError(
                Text(f"the row that begins here cannot be read: {fault.en}", f"从这里开始的一行无法读取：{fault.zh}"),
                Text(
                    "Look for a quotation mark that is missing or not doubled.",
                    "请检查是否缺少引号，或引号没有写成两个。",
                ),
                f"{path} line {here}",
            )
        if not fault and not any(cell.strip() for cell in cells):
            continue
        if not header:
            header = _header(cells, f"{path} line {here}")
            continue
        if not fault and len(cells) != len(header):
            fault = Text(
                f"{len(cells)} fields, the header has {len(header)}",
                f"有 {len(cells)} 个字段，表头有 {len(header)} 个",
            )
        yield RawRow(here, {} if fault else dict(zip(header, cells, strict=True)), fault)


def _header(cells: list[str], where: str) -> list[str]:
    """Return the names of the columns. Raises InputError where two have the same: one would hide the other."""
    names = [cell.strip().lstrip("\ufeff") for cell in cells]
    twice = [name for name, count in Counter(name.casefold() for name in names if name).items() if count > 1]
    if twice:
        listed = ", ".join(twice)
        raise InputError(
            Text(f"columns with the same name: {listed}", f"有重名的列：{listed}"),
            Text("Give each column a name of its own.", "请给每一列起不同的名字。"),
            where,
        )
    return names
