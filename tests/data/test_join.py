from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from pydantic import ValidationError

from studio.core import recipe as recipes
from studio.core.errors import InputError, RecipeError
from studio.core.option import references
from studio.core.reporter import Silent
from studio.core.workspace import Workspace
from studio.data.build import build
from studio.data.dataset_folder import SPLITS, read_rows
from studio.data.join import Join, joined
from studio.data.raw import read_raw
from studio.data.recipe import DatasetRecipe
from studio.data.source_file import SourceFile
from studio.runs.launch import prepare
from studio.runs.recipes import check_whole
from tests.data.accept import HERE, outcome

_EXPECTED = json.loads((HERE / "expected.json").read_text(encoding="utf-8"))
_MEANT = {"content": "question", "content (2)": "answer"}


@pytest.fixture
def files(tmp_path: Path) -> tuple[Path, Path]:
    """Return questions, and answers of which two belong to one question and one to none."""
    first, second = tmp_path / "question.csv", tmp_path / "answer.jsonl"
    first.write_text("question_id,content\n0,How is it taken?\n1,Is it safe?\n2,Nobody knows?\n,No key?\n")
    rows = [(100, 0, "With food."), (101, "0", "With water."), (102, 1.0, "It is."), (103, 7, "Of no question.")]
    second.write_text("".join(json.dumps({"ans_id": a, "question_id": q, "content": c}) + "\n" for a, q, c in rows))
    return first, second


def _made(files: tuple[Path, Path], folder: Path, **join: Any) -> tuple[list[tuple[str, str]], list[dict[str, Any]]]:
    """Return what becomes of the two files: questions with answers, and what was rejected."""
    source = SourceFile(file="question.csv", columns=_MEANT, join={"file": "answer.jsonl", **join})
    recipe = DatasetRecipe(name="d", sources=[source], val=0, test=0)
    build(recipe, [files[0]], folder, Silent(), {0: files[1]})
    rejected = [json.loads(line) for line in (folder / "rejected.jsonl").read_text(encoding="utf-8").splitlines()]
    return [(row.stem, row.gold) for split in SPLITS for row in read_rows(folder, split)], rejected


@pytest.mark.parametrize("file", ["shapes/cmb_test_questions.json", "shapes/cmedqa2_question.csv"])
def test_public_files_in_two_parts_are_joined(file: str) -> None:
    became = outcome(HERE, file, _EXPECTED[file])
    assert (became.faults, became.taken, became.rejected) == ((), 6, 0)


def test_each_answer_of_a_question_gives_a_row(files: tuple[Path, Path], tmp_path: Path) -> None:
    rows, rejected = _made(files, tmp_path / "dataset", on="question_id")
    assert rows == [
        ("How is it taken?", "With food."),
        ("How is it taken?", "With water."),
        ("Is it safe?", "It is."),
    ]
    assert {(item["file"], item["line"], item["reason"]["en"]) for item in rejected} == {
        ("question.csv", 4, "answer.jsonl has no row of this key"),
        ("question.csv", 5, "the key 'question_id' is empty"),
        ("answer.jsonl", 4, "no row of the first file has this key"),
    }
    about = json.loads((tmp_path / "dataset" / "dataset.json").read_text())["sources"][0]
    assert (about["rows"], about["taken"], about["rejected"]) == (6, 3, 3)
    assert about["join"]["file"] == "answer.jsonl"
    assert len(about["join"]["sha256"]) == 64


def test_the_first_answer_alone_can_be_taken(files: tuple[Path, Path], tmp_path: Path) -> None:
    rows, _ = _made(files, tmp_path / "dataset", on={"question_id": "question_id"}, take="first")
    assert rows == [("How is it taken?", "With food."), ("Is it safe?", "It is.")]


def test_a_column_of_both_keeps_its_second_name_where_a_row_of_the_first_lacks_it(tmp_path: Path) -> None:
    """Else an answer would stand where a question does."""
    first, second = tmp_path / "a.jsonl", tmp_path / "b.jsonl"
    first.write_text('{"id": 1, "content": "q"}\n{"id": 2}\n')
    second.write_text('{"number": 1, "content": "a"}\n{"number": 2, "content": "b"}\n')
    rows = list(joined(read_raw(first).rows, second, Join(file="b.jsonl", on={"id": "number"})))
    assert [row.values for row in rows] == [
        {"id": 1, "content": "q", "content (2)": "a"},
        {"id": 2, "content (2)": "b"},
    ]


def test_a_key_that_a_file_lacks_is_named_with_what_there_is(files: tuple[Path, Path]) -> None:
    for on, there in (("ans_id", "question_id, content"), ("content_id", "ans_id, question_id, content")):
        with pytest.raises(InputError, match=f"no column '{on}' to join on; there are: {there}"):
            list(joined(read_raw(files[0]).rows, files[1], Join(file="answer.jsonl", on=on)))


@pytest.mark.parametrize("on", [{}, {"a": "b", "c": "d"}, "", {"a": ""}])
def test_a_key_is_one_column_of_each(on: object) -> None:
    with pytest.raises(ValidationError):
        Join.model_validate({"file": "b.csv", "on": on})


def test_the_second_file_is_checked_and_pinned_like_the_first(files: tuple[Path, Path], tmp_path: Path) -> None:
    workspace = Workspace(tmp_path).prepare()
    text = (
        "kind: dataset\nname: d\nsources:\n- file: question.csv\n  columns: {content: question, content (2): answer}\n"
        "  join: {file: FILE, on: question_id}\n"
    )
    good = recipes.read(text.replace("FILE", files[1].name), "r.yaml")
    checked = check_whole(workspace, good)
    assert [field for field, _, _ in references(checked.recipe)] == ["sources.0.file", "sources.0.join.file"]
    pinned = prepare(workspace, checked.recipe, checked.resolved).inputs()["references"]
    assert pinned["sources.0.join.file"]["path"] == "answer.jsonl"
    assert pinned["sources.0.join.file"]["stamp"]
    with pytest.raises(RecipeError) as caught:
        check_whole(workspace, recipes.read(text.replace("FILE", "gone.jsonl"), "r.yaml"))
    assert [fault.where for fault in caught.value.faults] == ["r.yaml line 6: sources.0.join.file"]
    wrong = recipes.read(text.replace("FILE", files[1].name).replace("on: question_id", "on: ans_id"), "r.yaml")
    with pytest.raises(RecipeError, match="no column 'ans_id' to join on"):
        check_whole(workspace, wrong)


@pytest.mark.parametrize(
    ("written", "said"),
    [
        ("question_id;content\n0;一日三次。\n".encode("gb18030"), {"encoding": "gb18030"}),
        (
            "0|三次|一日三次。\n1|两次|一日两次。\n".encode(),
            {"header": "no", "delimiter": "pipe", "on": {"question_id": "column 1"}},
        ),
        (b'{"data": {"rows": [{"question_id": 0, "content": "\xe4\xb8\x80"}]}}', {"path": "data.rows"}),
    ],
)
def test_the_second_file_is_read_as_the_recipe_says(tmp_path: Path, written: bytes, said: dict[str, Any]) -> None:
    second = tmp_path / "answer.txt"
    second.write_bytes(written)
    first = tmp_path / "question.csv"
    first.write_text("question_id,asked\n0,How is it taken?\n")
    how = Join.model_validate({"file": "answer.txt", "on": "question_id", **said})
    row, *_ = joined(read_raw(first).rows, second, how)
    assert row.fault is None and "一" in list(row.values.values())[-1]


@pytest.mark.parametrize(("written", "means"), [("yes", "yes"), ("No", "no"), ("auto", "auto")])
def test_yes_and_no_are_the_words_that_they_are_in_a_recipe(written: str, means: str) -> None:
    source = f"{{file: a.csv, header: {written}, join: {{file: b.csv, on: id, header: {written}}}}}"
    document = recipes.read(f"kind: dataset\nname: d\nsources: [{source}]\n", "r.yaml")
    (found,) = recipes.validate(document, DatasetRecipe).sources
    assert found.join is not None and found.header == found.join.header == means
