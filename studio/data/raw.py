"""Raw rows of a file, each with the line it begins on: JSONL, JSON and CSV, whatever the file's ending says."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from studio.core.errors import InputError
from studio.core.files import read_text
from studio.core.text import Text


@dataclass(frozen=True)
class RawRow:
    """One row, or the reason why a line gave none.

    `line` is 1-based; in a JSON array it is the line on which the row's object begins.
    """

    line: int
    values: dict[str, Any]
    fault: Text | None = None


def read_raw(path: Path) -> list[RawRow]:
    """Return every row of a file; a line that cannot be read becomes a row with a fault, never nothing.

    Raises:
        InputError: the file is missing, no text, a Git LFS pointer, or holds no rows at all.
    """
    text, _ = read_text(path)
    body = text.lstrip()
    if path.suffix.lower() in (".csv", ".tsv"):
        rows = list(_csv(text, "\t" if path.suffix.lower() == ".tsv" else ","))
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
    return rows


def _lines_or_object(text: str) -> Iterator[RawRow]:
    """One object a line; or one object that is a table of rows by key, as PubMedQA and others publish."""
    try:
        whole = json.loads(text)
    except ValueError:
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
    except ValueError as error:
        reason = str(error).split(":")[0]
        return RawRow(number, {}, Text(f"not valid JSON ({reason})", f"不是合法的 JSON（{reason}）"))
    if not isinstance(value, dict):
        return RawRow(number, {}, Text("the line is no JSON object", "这一行不是 JSON 对象"))
    return RawRow(number, value)


def _array(text: str, path: Path) -> Iterator[RawRow]:
    decoder = json.JSONDecoder()
    position = text.index("[") + 1
    line = text.count("\n", 0, position) + 1
    while True:
        begin = position
        while position < len(text) and text[position] in " \t\r\n,":
            position += 1
        line += text.count("\n", begin, position)
        if position >= len(text) or text[position] == "]":
            return
        try:
            value, end = decoder.raw_decode(text, position)
        except ValueError as error:
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


def _csv(text: str, delimiter: str) -> Iterator[RawRow]:
    reader = csv.reader(io.StringIO(text), delimiter=delimiter)
    header = [name.strip().lstrip("\ufeff") for name in next(reader, [])]
    line = reader.line_num + 1
    for cells in reader:
        here, line = line, reader.line_num + 1
        if not any(cell.strip() for cell in cells):
            continue
        if len(cells) != len(header):
            yield RawRow(
                here,
                {},
                Text(
                    f"{len(cells)} fields, the header has {len(header)}",
                    f"有 {len(cells)} 个字段，表头有 {len(header)} 个",
                ),
            )
            continue
        yield RawRow(here, dict(zip(header, cells, strict=True)))
