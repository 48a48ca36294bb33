"""What a person corrected in a workbook that a dataset was written out as: found by id, cell by cell."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from hashlib import blake2b
from pathlib import Path
from typing import Any, Literal

from pydantic import BaseModel, ConfigDict

from studio.core.errors import InputError
from studio.core.files import require_file, shown
from studio.core.option import option
from studio.core.text import Text
from studio.data.cells import ID, LONGEST, SPLIT, BadCell, cells_of, changed, comparable, ordered, title_of
from studio.data.conversion import Dropped
from studio.data.dataset_folder import SPLITS, iter_rows
from studio.data.exporters.xlsx import shown as shown_in_cell
from studio.data.openers.dataset import is_dataset
from studio.data.openers.xlsx import ROWS_SHEET
from studio.data.records.base import Row

_NAMED = 12
_LOST = Text("not in the corrected workbook", "修改后的工作簿里没有这一行")


class Corrections(BaseModel):
    """A corrected workbook, and what is done where its rows are not those of the dataset."""

    model_config = ConfigDict(extra="forbid")

    file: str = option(
        ...,
        label=Text("Corrected workbook", "修改后的工作簿"),
        help=Text(
            "The XLSX that the dataset was exported as, with corrections; the source has to be that dataset's folder.",
            "由该数据集导出、经人工修改的 XLSX；数据来源须为该数据集的文件夹。",
        ),
        refers="file",
        min_length=1,
    )
    added: Literal["refuse", "skip"] = option(
        "refuse",
        names={"refuse": Text("Refuse", "拒绝"), "skip": Text("Leave aside", "忽略")},
        label=Text("Rows added", "多出的行"),
        help=Text("Rows of the workbook that the dataset does not have.", "工作簿里有、数据集里没有的行。"),
    )
    lost: Literal["refuse", "keep", "drop"] = option(
        "refuse",
        names={"refuse": Text("Refuse", "拒绝"), "keep": Text("Keep", "保留"), "drop": Text("Drop", "丢弃")},
        label=Text("Rows lost", "缺少的行"),
        help=Text(
            "Rows of the dataset that the workbook does not have any more: keep them as they were, or drop them.",
            "数据集里有、工作簿里已没有的行：按原样保留，或丢弃。",
        ),
    )
    doubled: Literal["refuse", "first", "last"] = option(
        "refuse",
        names={
            "refuse": Text("Refuse", "拒绝"),
            "first": Text("The first", "第一行"),
            "last": Text("The last", "最后一行"),
        },
        label=Text("Rows doubled", "重复的行"),
        help=Text("Where several rows have one id: which of them counts.", "多行 id 相同时，以哪一行为准。"),
    )


class OtherRowsError(InputError):
    """A workbook whose rows are not those of the dataset, where the recipe does not say what becomes of them.

    Args:
        cases: the fields of `Corrections` that would say it.
    """

    def __init__(self, message: Text, hint: Text, where: str, cases: Sequence[str]) -> None:
        super().__init__(message, hint, where)
        self.cases = cases


@dataclass
class CorrectedRows:
    """What a workbook changes in a dataset.

    Args:
        changes: the changed cells of a row, by its id.
        lost: the rows that the workbook does not have, and that are to be dropped.
        counts: how many rows of the workbook were left aside, added or doubled, or are lost in it.
        columns: how many cells were changed, by their column.
        notes: what is to be said of the workbook.
    """

    changes: dict[str, dict[str, str]] = field(default_factory=dict)
    lost: frozenset[str] = frozenset()
    counts: Counter[str] = field(default_factory=Counter)
    columns: Counter[str] = field(default_factory=Counter)
    notes: list[Text] = field(default_factory=list)

    def correct(self, row: Row) -> Row:
        """Return a row with what was corrected in it. Raises Dropped where it is to go."""
        if row.id in self.lost:
            raise Dropped(_LOST)
        cells = self.changes.get(row.id)
        return changed(row, cells) if cells else row

    def dump(self) -> dict[str, object]:
        """Return what `dataset.json` says of it."""
        return {"rows": len(self.changes), "columns": dict(self.columns.most_common()), **self.counts}


def corrected(dataset: Path, workbook: Path, how: Corrections) -> CorrectedRows:
    """Compare a workbook with the dataset that it came from.

    In memory are a digest of each row, and the cells of those that differ.

    Raises:
        InputError: the source is no dataset, the workbook is none of its, or says what a row cannot have; all faults at
            once, each with its row or its cell.
    """
    if not is_dataset(dataset):
        raise InputError(
            Text("corrections belong to a dataset that was made here", "修改只能用于本平台生成的数据集"),
            Text(
                "Name the dataset's folder as the file: runs/RUN/dataset.",
                "请把文件填为数据集的文件夹：runs/运行/dataset。",
            ),
            shown(dataset),
        )
    sheet = _Sheet(workbook, dataset)
    places, doubled, without_id = sheet.places(how.doubled == "last")
    known: set[str] = set()
    differing: dict[str, tuple[str, Row]] = {}
    lost: list[str] = []
    for split in SPLITS:
        for row in iter_rows(dataset, split):
            known.add(row.id)
            found = places.get(row.id)
            if found is None:
                lost.append(row.id)
            elif found[1] != _digest(sheet.expected(row, split)):
                differing[row.id] = (split, row)
    added = [f"{number}" for id, (number, _) in places.items() if id not in known] + without_id
    _require_the_same(shown(workbook), how, added, lost, doubled)
    result = CorrectedRows(lost=frozenset(lost) if how.lost == "drop" else frozenset(), notes=sheet.notes)
    for name, rows in (("added", added), ("lost", lost), ("doubled", doubled)):
        if rows:
            result.counts[name] = len(rows)
    faults: list[tuple[str, Text]] = []
    wanted = {places[id][0]: id for id in differing}
    for number, cells in sheet.rows():
        if number not in wanted:
            continue
        split, row = differing[wanted[number]]
        try:
            change = sheet.changes(row, split, cells)
            changed(row, change)
        except BadCell as bad:
            faults.append((sheet.place(bad.key, number), bad.reason))
            continue
        result.changes[row.id] = change
        result.columns.update(change.keys())
    if faults:
        raise _faulty(faults, shown(workbook))
    return result


class _Sheet:
    """The sheet of a workbook that holds the rows: its columns are told by their headings, in whatever order they stand."""

    def __init__(self, workbook: Path, dataset: Path) -> None:
        from python_calamine import CalamineError, CalamineWorkbook

        self._where = shown(workbook)
        self.notes: list[Text] = []
        try:
            book = CalamineWorkbook.from_path(str(require_file(workbook)))
        except (CalamineError, OSError, ValueError) as error:
            raise InputError(
                Text("this is no workbook that can be read", "这不是可以读取的工作簿"),
                Text("Save it as XLSX, without a password.", "请保存为 XLSX，不要加密码。"),
                self._where,
            ) from error
        if ROWS_SHEET not in book.sheet_names:
            named, named_zh = ", ".join(book.sheet_names), "、".join(book.sheet_names)
            raise InputError(
                Text(
                    f"there is no sheet '{ROWS_SHEET}'; there are: {named}",
                    f"没有工作表“{ROWS_SHEET}”，只有：{named_zh}",
                ),
                Text(
                    "Export the dataset as XLSX, and correct that workbook.",
                    "请把数据集导出为 XLSX，在那个工作簿里修改。",
                ),
                self._where,
            )
        self._sheet: Any = book.get_sheet_by_name(ROWS_SHEET)
        keys = {ID, SPLIT} | {key for split in SPLITS for row in iter_rows(dataset, split) for key in cells_of(row)}
        self._keys = ordered(keys - {ID, SPLIT})
        titles = {title_of(key): key for key in keys}
        heads = [_text(cell).strip() for cell in next(iter(self._sheet.iter_rows()), [])]
        self._columns = {titles[head]: place for place, head in enumerate(heads) if head in titles}
        missing = [title_of(key) for key in (ID, SPLIT, *self._keys) if key not in self._columns]
        if missing:
            raise InputError(
                Text(f"columns are missing: {', '.join(missing)}", f"缺少这些列：{'、'.join(missing)}"),
                Text(
                    "Put them back under the same headings; was this workbook exported from this dataset?",
                    "请按原来的表头补上；请确认这个工作簿是由该数据集导出的。",
                ),
                self._where,
            )
        remarks = [head for head in heads if head and head not in titles]
        if remarks:
            self.notes.append(
                Text(f"columns left aside: {', '.join(remarks)}", f"忽略的列：{'、'.join(remarks)}"),
            )

    def rows(self) -> Iterator[tuple[int, list[str]]]:
        """Yield the number of each row that holds something, and its cells: id, split, and the others in their order."""
        places = [self._columns[key] for key in (ID, SPLIT, *self._keys)]
        for number, row in enumerate(self._sheet.iter_rows(), 1):
            if number == 1:
                continue
            cells = [comparable(_text(row[place])) if place < len(row) else "" for place in places]
            if any(cells):
                yield number, cells

    def places(self, last: bool) -> tuple[dict[str, tuple[int, bytes]], list[str], list[str]]:
        """Return row and digest by id, the rows whose id stands there already, and those that have none.

        Args:
            last: whether the last of several rows of an id counts, and not the first.
        """
        found: dict[str, tuple[int, bytes]] = {}
        doubled, without = [], []
        for number, cells in self.rows():
            id = cells[0]
            if not id:
                without.append(f"{number}")
                continue
            if id in found:
                doubled.append(f"{number}")
            if last or id not in found:
                found[id] = (number, _digest(cells))
        return found, doubled, without

    def expected(self, row: Row, split: str) -> list[str]:
        """Return the cells of a row that nobody touched."""
        cells = cells_of(row)
        texts = (row.id, split, *(cells.get(key, "") for key in self._keys))
        return [comparable(shown_in_cell(text)) for text in texts]

    def changes(self, row: Row, split: str, cells: Sequence[str]) -> dict[str, str]:
        """Return the cells that differ. Raises BadCell for one that cannot be changed."""
        before = cells_of(row)
        keys = (ID, SPLIT, *self._keys)
        found: dict[str, str] = {}
        for key, was, now in zip(keys, self.expected(row, split), cells, strict=True):
            if was == now:
                continue
            if key == SPLIT:
                raise BadCell(key, Text("the split of a row cannot be changed here", "这里不能修改行的数据划分"))
            if len(before.get(key, "")) > LONGEST:
                raise BadCell(
                    key,
                    Text(
                        "the text is too long for a cell, and cannot be corrected in one",
                        "这段文字超过单元格上限，不能在单元格里修改",
                    ),
                )
            found[key] = now
        return found

    def place(self, key: str, number: int) -> str:
        """Return the name of a cell: B12."""
        at, letters = self._columns.get(key, 0) + 1, ""
        while at:
            at, rest = divmod(at - 1, 26)
            letters = chr(ord("A") + rest) + letters
        return f"{letters}{number}"


def _digest(cells: Sequence[str]) -> bytes:
    return blake2b("\0".join(cells).encode(errors="surrogatepass"), digest_size=16).digest()


def _text(cell: object) -> str:
    """Return a cell as it shows; a number that somebody typed is written as one writes it."""
    if isinstance(cell, bool):
        return "true" if cell else "false"
    if isinstance(cell, float) and cell.is_integer() and abs(cell) < 2**53:
        return str(int(cell))
    return str(cell)


def _require_the_same(
    where: str, how: Corrections, added: Sequence[str], lost: Sequence[str], doubled: Sequence[str]
) -> None:
    """Raise InputError with the rows that were added, lost or doubled, where the recipe does not say what becomes of them."""
    cases = (
        (how.added, added, "rows are not in the dataset (row {})", "有 {} 行不在数据集中（第 {} 行）", "added: skip"),
        (
            how.lost,
            lost,
            "rows of the dataset are missing (id {})",
            "数据集中有 {} 行找不到（id 为 {}）",
            "lost: keep / lost: drop",
        ),
        (
            how.doubled,
            doubled,
            "rows repeat the id of an earlier one (row {})",
            "有 {} 行的 id 与前面的行重复（第 {} 行）",
            "doubled: first / doubled: last",
        ),
    )
    found: list[tuple[Text, str]] = []
    for action, names, en, zh, way in cases:
        if names and action == "refuse":
            some = Text(*_some(names))
            told = Text(f"{len(names)} {en.format(some.en)}", zh.format(len(names), some.zh))
            found.append((told, way))
    if found:
        ways = Text("; ".join(way for _, way in found), "；".join(way for _, way in found))
        raise OtherRowsError(
            Text("; ".join(fault.en for fault, _ in found), "；".join(fault.zh for fault, _ in found)),
            Text(
                f"Put the rows right in the workbook, or say in the recipe what becomes of them (corrections: {ways.en}). "
                "New rows go in as a source of their own.",
                f"请在工作簿中改正，或在配方中说明如何处理（corrections：{ways.zh}）。新增的题目请作为另一个文件加入。",
            ),
            where,
            [way.partition(":")[0] for _, way in found],
        )


def _some(names: Sequence[str]) -> tuple[str, str]:
    more = " …" if len(names) > _NAMED else ""
    return ", ".join(names[:_NAMED]) + more, "、".join(names[:_NAMED]) + more


def _faulty(faults: Sequence[tuple[str, Text]], where: str) -> InputError:
    named = faults[:_NAMED]
    more_en, more_zh = (
        (f"; and {len(faults) - _NAMED} more", f"；另有 {len(faults) - _NAMED} 处")
        if len(faults) > _NAMED
        else ("", "")
    )
    return InputError(
        Text(
            "; ".join(f"cell {cell}: {reason.en}" for cell, reason in named) + more_en,
            "；".join(f"单元格 {cell}：{reason.zh}" for cell, reason in named) + more_zh,
        ),
        Text(
            f"Mend these cells on the sheet '{ROWS_SHEET}', and give the file back again.",
            f"请在工作表“{ROWS_SHEET}”中改正这些单元格，再重新读回。",
        ),
        where,
    )
