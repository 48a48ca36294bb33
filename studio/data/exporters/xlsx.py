"""A workbook for a clinician to correct: a row a line, a text a cell; it is read back with `corrections`.

The first sheet says how; the second holds the rows. Every cell is text, so that `1-2` stays what it is, and what begins
with `=` is no formula.
"""

from __future__ import annotations

from collections import Counter
from pathlib import Path

from studio.core.errors import InputError
from studio.core.reporter import Reporter
from studio.core.text import Text
from studio.data.cells import ID, LONGEST, SPLIT, cells_of, ordered, title_of
from studio.data.exporters.base import DatasetParts, Exporter
from studio.data.openers.xlsx import GUIDE_SHEET, ROWS_SHEET
from studio.data.records import RECORDS

MOST_ROWS = 1_048_575
_BETWEEN_CHECKS = 2_000
_WIDE = ("stem", "explanation", "thought", "context", "user", "assistant", "chosen", "rejected", "answer", "criterion", "family", "gold")  # fmt: skip
_TOO_MANY = Text("a sheet holds no more than 1,048,575 rows", "一张工作表最多容纳 1,048,575 行")
_SMALLER = Text(
    "Make a smaller dataset (limit), and have that corrected.", "请用“最多行数”（limit）生成较小的数据集再修改。"
)
_HOW = (
    Text("How to correct this dataset", "如何修改这个数据集"),
    Text(
        "Change the texts on the sheet 'rows 数据', save as XLSX, and give the file back on the dataset's page.",
        "请在工作表“rows 数据”中直接修改文字，保存为 XLSX，然后在数据集页面上读回。",
    ),
    Text(
        "Leave the column id as it is: each row is found by it. The columns id and split cannot be changed.",
        "请不要修改 id 列：每一行靠它对应。id 和 split 两列不能修改。",
    ),
    Text(
        "Do not add, copy or delete rows: such rows are named when the file is read back, and nothing is taken in silence.",
        "请不要增加、复制或删除行：读回时会指出这些行，不会悄悄采用。",
    ),
    Text(
        "gold is the letter of the right option, or several (ABC); for an open question it is the reference answer.",
        "gold 是正确选项的字母，多选时写多个（ABC）；开放题则是标准答案。",
    ),
    Text(
        "An empty cell means that there is no such text; clearing one takes the text away.",
        "空单元格表示没有这段文字；清空单元格即删除这段文字。",
    ),
    Text(
        f"A text of more than {LONGEST:,} characters does not fit into a cell; it is shown in part and cannot be changed here.",
        f"超过 {LONGEST:,} 个字符的文字放不进单元格，只显示一部分，不能在这里修改。",
    ),
    Text("A column that you add, for remarks, is left aside.", "可以另加一列写备注，读回时会忽略。"),
)


def shown(text: str) -> str:
    """Return what a cell shows of a text: all of it, or as much as fits."""
    return text if len(text) <= LONGEST else f"{text[: LONGEST - 2]} …"


def write(parts: DatasetParts, folder: Path, report: Reporter) -> Counter[Text]:
    """Write the workbook: once through the rows for the columns, and once for the cells."""
    from xlsxwriter import Workbook

    keys: set[str] = set()
    count = 0
    for split in parts.splits():
        for row in parts.rows(split):
            if count % _BETWEEN_CHECKS == 0:
                report.check_stop()
                report.progress(count // 2, 0, "rows")  # each is read twice
            count += 1
            keys |= cells_of(row).keys()
    if count > MOST_ROWS:
        raise InputError(_TOO_MANY, _SMALLER)
    columns = ordered(keys)
    # of a text, never a formula, an address or a number; row by row onto the disk
    options = {"constant_memory": True, "tmpdir": str(folder), "strings_to_formulas": False, "strings_to_urls": False}
    with Workbook(folder / f"{parts.name}.xlsx", options) as book:
        text = {"num_format": "@", "text_wrap": True, "valign": "top", "quote_prefix": True}
        cell = book.add_format({**text, "locked": False})
        fixed = book.add_format({**text, "font_color": "#777777"})
        head = book.add_format({**text, "bold": True, "bg_color": "#EEEEEE"})
        guide = book.add_worksheet(GUIDE_SHEET)
        guide.set_column(0, 0, 100)
        for place, line in enumerate(line for how in _HOW for line in (how.zh, how.en)):
            guide.write_string(place, 0, line, head if place < 2 else fixed)
        sheet = book.add_worksheet(ROWS_SHEET)
        sheet.activate()
        sheet.freeze_panes(1, 1)
        sheet.set_column(0, 1, 14, fixed)
        for place, key in enumerate(columns, 2):
            sheet.set_column(place, place, 48 if key.partition(" ")[0] in _WIDE else 18, cell)
        for place, key in enumerate((ID, SPLIT, *columns)):
            sheet.write_string(0, place, title_of(key), head)
        allowed = ("format_cells", "format_columns", "format_rows", "insert_columns", "autofilter", "sort")
        sheet.protect("", {name: True for name in allowed})
        number = 0
        for split in parts.splits():
            for row in parts.rows(split):
                if number % _BETWEEN_CHECKS == 0:
                    report.check_stop()
                    report.progress((count + number) // 2, 0, "rows")
                number += 1
                sheet.write_string(number, 0, shown(row.id), fixed)
                sheet.write_string(number, 1, split, fixed)
                cells = cells_of(row)
                for place, key in enumerate(columns, 2):
                    sheet.write_string(number, place, shown(cells.get(key, "")), cell)
        sheet.autofilter(0, 0, number, len(columns) + 1)
    report.progress(number, number, "rows")
    return Counter()


EXPORTER = Exporter(
    title=Text("Workbook to correct (XLSX)", "供人工修改的工作簿（XLSX）"),
    help=Text(
        "Every text of every row in a cell, for a clinician to correct; what was changed is read back by the row's id.",
        "每一行的每段文字各占一个单元格，供医生修改；改动按行的 id 读回。",
    ),
    records=tuple(RECORDS.values()),
    write=write,
    order=50,
)
