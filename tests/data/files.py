"""Rows written as the formats that openers read, for tests."""

from __future__ import annotations

import csv
import json
from collections.abc import Callable, Sequence
from pathlib import Path

import pyarrow
from openpyxl import Workbook
from pyarrow import ipc, parquet

Rows = Sequence[dict[str, str]]


def jsonl(path: Path, rows: Rows) -> None:
    path.write_text("".join(json.dumps(row, ensure_ascii=False) + "\n" for row in rows), encoding="utf-8")


def array(path: Path, rows: Rows) -> None:
    path.write_text(json.dumps(rows, ensure_ascii=False, indent=1), encoding="utf-8")


def by_key(path: Path, rows: Rows) -> None:
    path.write_text(json.dumps({f"k{n}": row for n, row in enumerate(rows)}), encoding="utf-8")


def wrapped(path: Path, rows: Rows) -> None:
    path.write_text(json.dumps({"version": 1, "data": {"rows": rows}}, ensure_ascii=False), encoding="utf-8")


def columns(path: Path, rows: Rows) -> None:
    held = {key: {str(n): row[key] for n, row in enumerate(rows)} for key in rows[0]}
    path.write_text(json.dumps(held, ensure_ascii=False), encoding="utf-8")


def printed(path: Path, rows: Rows) -> None:
    path.write_text("\n".join(json.dumps(row, ensure_ascii=False, indent=2) for row in rows), encoding="utf-8")


def table(delimiter: str, encoding: str = "utf-8") -> Callable[[Path, Rows], None]:
    def write(path: Path, rows: Rows) -> None:
        with path.open("w", encoding=encoding, newline="") as stream:
            writer = csv.DictWriter(stream, list(rows[0]), delimiter=delimiter, quoting=csv.QUOTE_ALL)
            writer.writeheader()
            writer.writerows(rows)

    return write


def xlsx(path: Path, rows: Rows) -> None:
    book = Workbook(write_only=True)
    sheet = book.create_sheet("数据")
    sheet.append(list(rows[0]))
    for row in rows:
        sheet.append([row[name] for name in rows[0]])
    book.save(path)


def parquet_of(path: Path, rows: Rows) -> None:
    parquet.write_table(pyarrow.Table.from_pylist(list(rows)), path)


def arrow_stream(path: Path, rows: Rows) -> None:
    found = pyarrow.Table.from_pylist(list(rows))
    with ipc.new_stream(str(path), found.schema) as writer:
        writer.write_table(found)


def feather(path: Path, rows: Rows) -> None:
    found = pyarrow.Table.from_pylist(list(rows))
    with ipc.new_file(str(path), found.schema) as writer:
        writer.write_table(found)


FORMATS: dict[str, Callable[[Path, Rows], None]] = {
    "a.jsonl": jsonl,
    "array.json": array,
    "by_key.json": by_key,
    "wrapped.json": wrapped,
    "columns.json": columns,
    "printed.json": printed,
    "a.csv": table(","),
    "a.tsv": table("\t"),
    "semicolons.csv": table(";"),
    "bars.txt": table("|"),
    "utf16.csv": table(",", "utf-16"),
    "a.xlsx": xlsx,
    "a.parquet": parquet_of,
    "a.arrow": arrow_stream,
    "a.feather": feather,
}
