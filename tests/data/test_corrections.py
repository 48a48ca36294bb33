"""A dataset written out as a workbook, corrected by a person, and read back by the ids of its rows."""

from __future__ import annotations

import json
import tempfile
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import pytest
from hypothesis import Phase, given, settings
from hypothesis import strategies as st
from openpyxl import load_workbook
from openpyxl.worksheet.worksheet import Worksheet

from studio.core.errors import InputError, RecipeError
from studio.core.recipe import RecipeDocument
from studio.core.reporter import Silent
from studio.core.workspace import Workspace
from studio.data.build import build
from studio.data.corrections import CorrectedRows, Corrections, corrected
from studio.data.dataset_folder import SPLITS, read_rows
from studio.data.export import export
from studio.data.raw import read_raw
from studio.data.recipe import DatasetRecipe
from studio.data.records.base import Row
from studio.runs.recipes import check_whole
from tests.data.given_away import CLASSES, ROWS, dataset, rows_of

# whatever may stand in a text: what spreadsheets take for formulas, numbers and escapes, controls, ends of lines
SIGNS = st.one_of(
    st.sampled_from(["=1+1", "-5", "+86", "@me", "1-2", "007", "1e5", "TRUE", "_x0041_", "a\r\nb", "a\nb\n\nc", "\x01b", "'q", "<b>&"]),
    st.text(st.characters(exclude_categories=["Cs"]), min_size=1, max_size=9),
)  # fmt: skip


def workbook_of(folder: Path) -> Path:
    export(folder, "xlsx", folder.parent / "out", Silent())
    return folder.parent / "out" / "gift.xlsx"


def edited(path: Path, edit: Callable[[Worksheet], object]) -> Path:
    """Change a workbook as a person's program would."""
    book = load_workbook(path)
    edit(book["rows 数据"])
    book.save(path)
    return path


def put(sheet: Worksheet, row: int, heading: str, value: object) -> None:
    heads = [str(cell.value) for cell in sheet[1]]
    place = next(place for place, head in enumerate(heads, 1) if head.startswith(heading))
    sheet.cell(row, place).value = value  # type: ignore[assignment]


def rebuilt(tmp_path: Path, folder: Path, workbook: Path, **how: Any) -> tuple[dict[str, float], dict[str, list[Row]]]:
    """Make the dataset anew with a corrected workbook."""
    source = {"file": str(folder), "split": "kept", "corrections": {"file": str(workbook), **how}}
    recipe = DatasetRecipe.model_validate({"kind": "dataset", "name": "again", "sources": [source]})
    metrics = build(recipe, [folder], tmp_path / "again", Silent(), workbooks={0: workbook})
    return metrics, {split: read_rows(tmp_path / "again", split) for split in SPLITS}


@pytest.mark.parametrize("record", CLASSES)
@settings(max_examples=8, deadline=None, phases=[Phase.explicit, Phase.reuse, Phase.generate])
@given(data=st.data())
def test_a_workbook_that_nobody_touched_changes_nothing(record: type[Row], data: st.DataObject) -> None:
    rows = data.draw(rows_of(SIGNS, record))
    with tempfile.TemporaryDirectory() as scratch:
        folder = dataset(Path(scratch) / "d", rows)
        found = corrected(folder, workbook_of(folder), Corrections(file="x"))
        assert found == CorrectedRows()
        assert [found.correct(row) for row in rows] == rows


@pytest.mark.parametrize("record", ROWS)
def test_a_dataset_comes_back_as_it_was_in_its_splits(tmp_path: Path, record: str) -> None:
    rows = ROWS[record]
    folder = dataset(tmp_path / "d", rows)
    metrics, parts = rebuilt(tmp_path, folder, workbook_of(folder))
    back = [row.model_copy(update={"source": None}) for split in SPLITS for row in parts[split]]
    assert back == list(rows) and metrics["corrected"] == 0
    assert [len(parts[split]) for split in SPLITS] == ([1, 0, 0] if len(rows) == 1 else [len(rows) - 1, 0, 1])


def test_nothing_in_a_cell_is_a_formula_or_a_number(tmp_path: Path) -> None:
    book = load_workbook(workbook_of(dataset(tmp_path / "d", ROWS["question"])))
    guide, sheet = book.worksheets
    said = "\n".join(str(row[0].value) for row in guide.iter_rows())
    assert "请不要增加、复制或删除行" in said and "Do not add, copy or delete rows" in said
    cells = [cell for row in sheet.iter_rows() for cell in row if cell.value is not None]
    assert {cell.data_type for cell in cells} == {"s"} and {cell.number_format for cell in cells} == {"@"}
    assert {"=1+1", "1-2", "+3", "@x"} <= {cell.value for cell in cells}
    assert sheet.freeze_panes == "B2" and sheet.protection.sheet
    assert sheet["A2"].protection.locked and not sheet["C2"].protection.locked
    assert sheet["C2"].alignment.wrap_text
    heads = [cell.value for cell in sheet[1]]
    assert heads[:6] == [
        "id 编号",
        "split 数据划分",
        "context 1 参考资料 1",
        "context 2 参考资料 2",
        "stem 题干",
        "option A 选项 A",
    ]


def test_changed_cells_are_taken_over_and_counted_by_column(tmp_path: Path) -> None:
    def edit(sheet: Worksheet) -> None:
        put(sheet, 2, "stem", "肝素过量时用什么拮抗？")
        put(sheet, 2, "explanation", None)
        put(sheet, 3, "gold", "b, a")
        put(sheet, 3, "option A", 12)
        put(sheet, 4, "accepted", "protamine\nprotamine sulfate")
        sheet.cell(1, sheet.max_column + 1).value = "remarks"

    folder = dataset(tmp_path / "d", ROWS["question"])
    metrics, parts = rebuilt(tmp_path, folder, edited(workbook_of(folder), edit))
    first, second, third = [*parts["train"], *parts["test"]]
    assert (first.stem, first.explanation, first.gold) == ("肝素过量时用什么拮抗？", "", "B")  # type: ignore[attr-defined]
    assert (second.gold, second.options["A"], second.stem) == ("AB", "12", "=1+1")  # type: ignore[attr-defined]
    assert third.accepted == ("protamine", "protamine sulfate")  # type: ignore[attr-defined]
    assert metrics["corrected"] == metrics["rows"] == 3
    about = json.loads((tmp_path / "again" / "dataset.json").read_text())["sources"][0]["corrections"]
    assert about["changed"] == {
        "rows": 3,
        "columns": {"stem": 1, "explanation": 1, "option A": 1, "gold": 1, "accepted": 1},
    }
    for card, told in (("card.md", "3 rows were corrected"), ("card.zh.md", "人工修改了 3 行")):
        assert told in (tmp_path / "again" / card).read_text()


def test_turns_pairs_verdicts_and_criteria_are_corrected_too(tmp_path: Path) -> None:
    cases = (
        ("conversation", "assistant 1", "先测体温。", lambda row: row.messages[2].content),
        ("preference", "chosen", "看医生", lambda row: row.chosen),
        ("judged", "verdict", "好", lambda row: "好" if row.good else ""),
        ("rubric", "points 1", "4", lambda row: f"{row.criteria[0].points:g}"),
    )
    for record, heading, text, look in cases:
        folder = dataset(tmp_path / record, ROWS[record])
        path = edited(workbook_of(folder), lambda sheet, h=heading, t=text: put(sheet, 2, h, t))  # type: ignore[misc]
        found = corrected(folder, path, Corrections(file="x"))
        assert look(found.correct(ROWS[record][0])) == text and dict(found.columns) == {heading: 1}


def _refused(tmp_path: Path, rows: Sequence[Row], edit: Callable[[Worksheet], object]) -> InputError:
    folder = dataset(tmp_path / "d", rows)
    with pytest.raises(InputError) as caught:
        corrected(folder, edited(workbook_of(folder), edit), Corrections(file="x"))
    assert caught.value.hint is not None
    return caught.value


def test_rows_added_lost_and_doubled_are_all_named_and_refused(tmp_path: Path) -> None:
    def edit(sheet: Worksheet) -> None:
        sheet["A2"].value = "q3"
        sheet["A9"].value = "new"
        sheet["C10"].value = "a text without an id"

    refused = _refused(tmp_path, ROWS["question"], edit)
    assert refused.message.en == (
        "2 rows are not in the dataset (row 9, 10); 1 rows of the dataset are missing (id q1); "
        "1 rows repeat the id of an earlier one (row 4)"
    )
    assert "lost: keep / lost: drop" in refused.hint.zh  # type: ignore[union-attr]


def test_what_becomes_of_such_rows_can_be_said(tmp_path: Path) -> None:
    def edit(sheet: Worksheet) -> None:
        sheet["A9"].value = "new"
        sheet["A10"].value = "q2"
        for place, cell in enumerate(sheet[3][1:], 2):
            sheet.cell(10, place).value = cell.value
        put(sheet, 10, "stem", "the later one")
        sheet.delete_rows(2)

    folder = dataset(tmp_path / "d", ROWS["question"])
    path = edited(workbook_of(folder), edit)
    metrics, parts = rebuilt(tmp_path, folder, path, added="skip", lost="drop", doubled="last")
    assert [row.asked[0] for row in (*parts["train"], *parts["test"])] == ["the later one", "What reverses heparin?"]
    assert metrics["dropped"] == 1 and metrics["corrected"] == 1
    kept = corrected(folder, path, Corrections(file="x", added="skip", lost="keep", doubled="first"))
    assert not kept.changes and dict(kept.counts) == {"added": 1, "lost": 1, "doubled": 1}


@pytest.mark.parametrize(
    ("record", "heading", "value", "told"),
    [
        ("question", "gold", "D", "cell I2: the right answer is 'D', which is no option (there are AB)"),
        ("question", "option B", None, "cell G2: fewer than two options are left"),
        ("question", "stem", "  ", "cell E2: the cell is empty"),
        ("question", "split", "test", "cell B2: the split of a row cannot be changed here"),
        ("conversation", "assistant 1", None, "cell E2: the last turn is no answer of the assistant"),
        ("preference", "chosen", "不管它", "both answers are the same"),
        ("judged", "verdict", "maybe", "'maybe' is neither good nor bad"),
        ("rubric", "points 2", "many", "the points are 'many', which is no number"),
    ],
)
def test_what_a_row_cannot_have_is_named_by_its_cell(
    tmp_path: Path, record: str, heading: str, value: object, told: str
) -> None:
    refused = _refused(tmp_path, ROWS[record], lambda sheet: put(sheet, 2, heading, value))
    assert told in refused.message.en and refused.message.zh.startswith("单元格 ")


def test_all_faults_are_told_at_once(tmp_path: Path) -> None:
    def edit(sheet: Worksheet) -> None:
        put(sheet, 2, "gold", "Z")
        put(sheet, 3, "stem", None)

    refused = _refused(tmp_path, ROWS["question"], edit)
    assert "cell I2" in refused.message.en and "cell E3" in refused.message.en


def test_a_workbook_of_another_sort_or_with_a_column_lost_says_what_is_wanted(tmp_path: Path) -> None:
    refused = _refused(tmp_path, ROWS["question"], lambda sheet: sheet.delete_cols(5))
    assert refused.message.en == "columns are missing: stem 题干"
    other = tmp_path / "other.txt"
    other.write_text("no workbook")
    for path in (other, Path(__file__)):
        with pytest.raises(InputError, match="no workbook"):
            corrected(tmp_path / "d", path, Corrections(file="x"))
    with pytest.raises(InputError, match="a dataset that was made here"):
        corrected(tmp_path, workbook_of(tmp_path / "d"), Corrections(file="x"))


def test_a_text_that_no_cell_holds_stays_and_is_not_corrected_there(tmp_path: Path) -> None:
    long = ROWS["question"][0].model_copy(update={"explanation": "长" * 40_000})
    folder = dataset(tmp_path / "d", [long, ROWS["question"][2]])
    path = workbook_of(folder)
    assert corrected(folder, path, Corrections(file="x")) == CorrectedRows()
    edited(path, lambda sheet: put(sheet, 2, "explanation", "短"))
    with pytest.raises(InputError, match="too long for a cell"):
        corrected(folder, path, Corrections(file="x"))


def test_such_a_workbook_is_no_file_of_questions(tmp_path: Path) -> None:
    path = workbook_of(dataset(tmp_path / "d", ROWS["question"]))
    with pytest.raises(InputError, match="holds corrections") as caught:
        read_raw(path)
    assert "corrections" in (caught.value.hint or "").en  # type: ignore[union-attr]


def test_a_folder_of_a_dataset_gives_its_rows_alone(tmp_path: Path) -> None:
    folder = dataset(tmp_path / "d", ROWS["question"])
    (folder / "rejected.jsonl").write_text('{"question": "x", "answer": "y"}\n')
    export(folder, "messages", folder / "exports" / "messages", Silent())
    raw = read_raw(folder)
    assert [(row.file, row.values["id"]) for row in raw.rows] == [("train.jsonl", "q1"), ("train.jsonl", "q2"), ("test.jsonl", "q3")]  # fmt: skip


def test_a_recipe_is_checked_with_its_workbook_before_it_starts(workspace: Workspace) -> None:
    folder = dataset(workspace.root / "runs" / "made" / "dataset", ROWS["question"])
    path = edited(workbook_of(folder), lambda sheet: put(sheet, 2, "gold", "D"))
    values = {
        "kind": "dataset",
        "name": "again",
        "sources": [{"file": str(folder), "split": "kept", "corrections": str(path)}],
        "exports": ["alpaca"],
    }
    with pytest.raises(RecipeError) as caught:
        check_whole(workspace, RecipeDocument("recipe", values, {(): 1}))
    faults = caught.value.faults
    assert [fault.where for fault in faults] == ["recipe line 1: sources.0.corrections.file"]
    assert "cell I2: the right answer is 'D'" in faults[0].message.en
