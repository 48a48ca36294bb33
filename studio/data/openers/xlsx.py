"""Workbooks (XLSX, XLS, ODS): the first sheet with rows, or the one that is named. Cells are what they show as values:
of a formula its result, a date as ISO, a whole number without a fraction.
"""

from __future__ import annotations

import datetime
import zipfile
from collections.abc import Iterator
from itertools import islice
from pathlib import Path
from typing import Any

from studio.core.errors import InputError
from studio.core.files import shown
from studio.core.text import Text
from studio.data.openers._header import header_of, numbered
from studio.data.openers.base import Head, Opener
from studio.data.reading import RawRow, Reading

_LOOKED_AT = 50
_OLD = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_WORKBOOK = "Workbook".encode("utf-16-le")
_MOST_BYTES = 2 * 2**30
ROWS_SHEET, GUIDE_SHEET = "rows 数据", "read me 说明"
"""The sheets of a workbook that a dataset was written out as for correction: its rows, and what to do with them."""


def fits(path: Path, head: Head) -> bool:
    if head.data.startswith(_OLD):
        return path.suffix.lower() == ".xls" or _WORKBOOK in head.data
    if not head.data.startswith(b"PK\x03\x04"):
        return False
    try:
        with zipfile.ZipFile(path) as archive:
            names = archive.namelist()
    except (zipfile.BadZipFile, OSError, ValueError):
        return False
    return any(name.startswith("xl/workbook") for name in names) or (
        "content.xml" in names and path.suffix.lower() == ".ods"
    )


def rows(path: Path, reading: Reading) -> Iterator[RawRow]:
    """Return the rows of a sheet.

    Raises:
        InputError: the workbook is damaged or locked, has no such sheet, or columns have the same name.
    """
    from python_calamine import CalamineError, CalamineWorkbook, PasswordError

    where = shown(path)
    try:
        _require_sane(path)
        with CalamineWorkbook.from_path(str(path)) as workbook:
            named, cells, start, others = _sheet(workbook, reading.sheet, where)
    except PasswordError as error:
        raise InputError(
            Text("the workbook is locked by a password", "工作簿有密码保护"),
            Text("Save it without a password.", "请去掉密码后另存。"),
            where,
        ) from error
    except (CalamineError, OSError, ValueError, zipfile.BadZipFile) as error:
        raise InputError(
            Text("the workbook cannot be read: it is damaged", "工作簿无法读取：文件已损坏"),
            Text("Open it in a spreadsheet and save it anew, or as CSV.", "请用表格软件打开后重新保存，或另存为 CSV。"),
            where,
        ) from error
    if others:
        listed, listed_zh = ", ".join(others), "、".join(others)
        reading.note(
            f"only the sheet '{named}' was read; the others: {listed} (sheet)",
            f"只读取了工作表“{named}”；其他工作表：{listed_zh}（sheet）",
        )
    filled = [(number, row) for number, row in enumerate(cells, start + 1) if any(_text(cell).strip() for cell in row)]
    if not filled:
        return iter(())
    begins = [[_text(cell) for cell in row] for _, row in islice(filled, _LOOKED_AT)]
    header = header_of(begins, reading, f"{where} line {filled[0][0]}")
    return _rows(filled[1:] if header else filled, header or numbered(len(begins[0])))


def _rows(filled: list[tuple[int, list[Any]]], header: list[str]) -> Iterator[RawRow]:
    for number, row in filled:
        # a row's cells beyond the names are empty or a remark; a remark must not be lost in silence
        beyond = [cell for name, cell in zip(header, row, strict=False) if not name and _text(cell).strip()]
        fault = Text("a filled cell in a column without a name", "没有列名的列里有内容") if beyond else None
        values = {name: _value(cell) for name, cell in zip(header, row, strict=False) if name}
        yield RawRow(number, {} if fault else values, fault)


def _sheet(workbook: Any, wanted: str, where: str) -> tuple[str, list[list[Any]], int, list[str]]:
    """Return a sheet's name, its cells, the number of its first row, and the other sheets that hold something."""
    names = list(workbook.sheet_names)
    if not wanted and {ROWS_SHEET, GUIDE_SHEET} <= set(names):
        raise InputError(
            Text("this workbook holds corrections of a dataset", "这是用来修改数据集的工作簿"),
            Text(
                "Give it back on the page of that dataset, or name it as `corrections` of a source that is the dataset.",
                "请在该数据集的页面上读回，或在配方中把它填为该数据集来源的 `corrections`。",
            ),
            where,
        )
    if wanted and wanted not in names:
        listed, listed_zh = ", ".join(names), "、".join(names)
        raise InputError(
            Text(f"there is no sheet '{wanted}'; it has {listed}", f"没有工作表“{wanted}”，只有 {listed_zh}"),
            Text("Mend `sheet`.", "请修改 `sheet`。"),
            where,
        )
    found: tuple[str, list[list[Any]], int] | None = None
    others = []
    for name in [wanted] if wanted else names:
        sheet = workbook.get_sheet_by_name(name)
        if sheet.start is None or sheet.height == 0:
            continue
        if found is None:
            found = (name, sheet.to_python(skip_empty_area=True), int(sheet.start[0]))
        else:
            others.append(name)
    return (*(found or ("", [], 0)), others)


def _require_sane(path: Path) -> None:
    """Raise ValueError for a workbook that would unpack into more than fits."""
    if zipfile.is_zipfile(path):
        with zipfile.ZipFile(path) as archive:
            if sum(item.file_size for item in archive.infolist()) > _MOST_BYTES:
                raise ValueError(path)


def _text(cell: Any) -> str:
    return str(_value(cell))


def _value(cell: Any) -> Any:
    if isinstance(cell, float) and cell.is_integer() and abs(cell) < 2**53:
        return int(cell)
    if isinstance(cell, datetime.datetime) and cell.time() == datetime.time():
        return cell.date().isoformat()
    if isinstance(cell, datetime.date | datetime.time):
        return cell.isoformat()
    return str(cell) if isinstance(cell, datetime.timedelta) else cell


OPENER = Opener(
    title=Text("Workbook (XLSX)", "工作簿（XLSX）"),
    suffixes=(".xlsx", ".xls", ".ods"),
    fits=fits,
    rows=rows,
    order=10,
)
