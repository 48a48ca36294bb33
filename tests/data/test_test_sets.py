"""Test sets named in a dataset's recipe: rows that give their questions away are reported, or left out with the reason."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import pytest

from studio.core.errors import InputError
from studio.core.workspace import Workspace
from studio.data.build import build
from studio.data.dataset_folder import SPLITS, read_rows
from studio.data.kinds.dataset import check
from studio.data.leaks.probes import Probes, probes_of
from studio.data.recipe import DatasetRecipe
from studio.runs.directory import Run
from studio.runs.references import Reference, resolve_all
from studio.runs.store import RunStore
from tests.data.test_leaks import ENGLISH, STEM, dataset
from tests.data.test_ledger import Hearer, about, fact, left_out, write

EXAM: Sequence[Mapping[str, Any]] = [
    {"question": STEM, "answer": "维生素K"},
    {"question": ENGLISH, "answer": "Vitamin K"},
    {"question": "肝素诱导的血小板减少症，应当停用哪一种药物并改用什么？", "answer": "阿加曲班"},
]
LEAKING: Sequence[Mapping[str, Any]] = [
    {"question": STEM.replace("，", ","), "answer": "维生素K"},
    {"question": "出一道题", "answer": f"好的。{STEM}答案：维生素K"},
    {"question": ENGLISH.replace("gum", "nose"), "answer": "Vitamin K."},
]
FACTS = [fact(number) for number in range(40)]
ROWS = [*FACTS[:20], *LEAKING, *FACTS[20:]]


def made(folder: Path, tests: Sequence[Probes] = (), rows: Sequence[Any] = ROWS, **options: Any) -> tuple[Path, Hearer]:
    """Build a dataset of one file against an exam, whose place stands in the recipe by name only."""
    values = {
        "name": "d",
        "sources": [{"file": "a.jsonl"}],
        "test_sets": [test.name for test in tests],
        "near_duplicates": "off",
        **options,
    }
    told = Hearer()
    build(
        DatasetRecipe.model_validate(values),
        [write(folder / "a.jsonl", rows)],
        folder / "dataset",
        told,
        tests=tests,
    )
    return folder / "dataset", told


def exam(folder: Path) -> Probes:
    return probes_of("exam.jsonl", write(folder / "exam.jsonl", EXAM), "test")


def rows_of(folder: Path) -> dict[str, str]:
    return {row.id: split for split in SPLITS for row in read_rows(folder, split)}


def test_leaking_rows_are_reported_and_nothing_else_changes(tmp_path: Path) -> None:
    plain, _ = made(tmp_path / "plain")
    folder, told = made(tmp_path / "told", [exam(tmp_path / "told")])
    assert rows_of(folder) == rows_of(plain)
    lines = [json.loads(line) for line in (folder / "leaks" / "leaks.jsonl").read_text(encoding="utf-8").splitlines()]
    assert sorted(line["sort"] for line in lines) == ["contained", "exact", "near"]
    for line in lines:
        row = read_rows(folder, line["row"]["split"])[line["row"]["line"] - 1]
        assert row.model_dump(mode="json", exclude_defaults=True) == line["row"]["record"]
        assert (line["test"]["dataset"], line["test"]["split"], line["test"]["line"]) in [("exam.jsonl", "", n) for n in (1, 2)]  # fmt: skip
    found = about(folder)["leaks"]
    assert (found["rows"], found["leaking"], found["dropped"]) == (43, 3, 0)
    assert [(test["questions"], test["found"]) for test in found["against"]] == [(3, 2)]
    assert told.notices[-1].en.endswith("; rows that give test questions away: 3")
    assert told.notices[-1].zh.endswith("，泄漏测试题的有 3 行")
    assert "| exam.jsonl | 3 | 2 | 1 | 1 |" in (folder / "card.md").read_text(encoding="utf-8")
    assert "## 泄漏的测试题" in (folder / "card.zh.md").read_text(encoding="utf-8")
    report = json.loads((folder / "leaks" / "leaks.json").read_text())
    assert (report["dataset"], report["rows"], report["leaking"]) == ("d", 43, 3)
    assert "leaks" not in about(plain) and not (plain / "leaks").exists()


def test_leaking_rows_are_left_out_by_rule_and_no_other_moves(tmp_path: Path) -> None:
    plain, _ = made(tmp_path / "plain")
    folder, told = made(tmp_path / "gone", [exam(tmp_path / "gone")], leaks="remove")
    assert rows_of(folder).items() <= rows_of(plain).items() and len(rows_of(folder)) == 40
    gone = left_out(folder)
    assert [(item["line"], item["outcome"], item["returns"]) for item in gone] == [(n, "dropped", True) for n in (21, 22, 23)]  # fmt: skip
    assert gone[0]["reason"]["en"] == "it gives away exam.jsonl line 1: the same question"
    assert gone[0]["reason"]["zh"] == "泄漏了 exam.jsonl 第 1 行：题目相同"
    assert about(folder)["ledger"]["dropped"] == 3 and not (folder / "leaks").exists()
    assert "dropped by rule: 3; left out for giving test questions away: 3" in told.notices[-1].en
    by_place = made(tmp_path / "one", [exam(tmp_path / "one")], leaks="remove", restore=["a.jsonl:22"])
    by_reason = made(tmp_path / "two", [exam(tmp_path / "two")], leaks="remove", restore=[gone[1]["kind"]["zh"]])
    for again, said in (by_place, by_reason):
        assert [item["line"] for item in left_out(again)] == [21, 23]
        assert len((again / "leaks" / "leaks.jsonl").read_text().splitlines()) == 1, "what was put back is reported"
        assert "put back: 1" in [note.en for note in said.notices]
        assert "left out for giving test questions away: 2, 1 more are in it" in said.notices[-1].en


def test_what_is_left_out_counts_for_no_limit_and_no_number(tmp_path: Path) -> None:
    folder, _ = made(tmp_path, [exam(tmp_path)], leaks="remove", limit=40, val=5, test=7)
    counts = about(folder)["splits"]
    assert counts == {"train": 28, "val": 5, "test": 7}


def test_rows_that_go_to_test_are_not_looked_at(tmp_path: Path) -> None:
    held, practice = write(tmp_path / "held.jsonl", EXAM), write(tmp_path / "a.jsonl", ROWS)
    sources = [{"file": "a.jsonl", "split": "train"}, {"file": "held.jsonl", "split": "test"}]
    recipe = DatasetRecipe.model_validate(
        {"name": "d", "sources": sources, "test_sets": ["held.jsonl"], "leaks": "remove"}
    )
    build(recipe, [practice, held], tmp_path / "dataset", Hearer(), tests=[probes_of("held.jsonl", held, "test")])
    found = about(tmp_path / "dataset")
    assert found["splits"] == {"train": 40, "val": 0, "test": 3}
    outcomes = {item["outcome"] for item in left_out(tmp_path / "dataset")}
    assert outcomes == {"dropped"}, "they give way to the exam, not to the row of the test split"


def test_a_test_set_that_takes_all_training_rows_says_so(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="40 rows give questions of the test sets away") as raised:
        made(
            tmp_path, [probes_of("b", write(tmp_path / "b.jsonl", FACTS), "test")], FACTS, leaks="remove", val=0, test=0
        )
    assert raised.value.hint is not None and "leaks: report" in raised.value.hint.en
    nothing = write(tmp_path / "c.jsonl", [{"question": "", "answer": "x"}] * 3)
    with pytest.raises(InputError):
        made(tmp_path / "c", [probes_of("c", nothing, "test")])


@pytest.fixture
def here(workspace: Workspace) -> Workspace:
    """A workspace with a file of rows, a file of an exam, and a dataset of three parts."""
    write(workspace.root / "a.jsonl", ROWS)
    write(workspace.root / "exam.jsonl", EXAM)
    questions = [row for row in read_rows(made(workspace.root / "b")[0], "train")][:3]
    dataset(workspace.root / "kept", train=questions[:1], test=questions[1:])
    return workspace


def faults(workspace: Workspace, *test_sets: str, **options: Any) -> list[str]:
    values = {"name": "d", "sources": [{"file": "a.jsonl"}], "test_sets": test_sets, **options}
    recipe = DatasetRecipe.model_validate(values)
    resolved = resolve_all(workspace, recipe)
    said = [*recipe.conflicts(), *resolved.faults, *check(recipe, resolved)]
    return [f"{fault.where}: {fault.message.en}" for fault in said]


def test_a_test_set_that_cannot_be_tested_by_is_a_fault_that_says_what_to_do(here: Workspace) -> None:
    assert faults(here, "exam.jsonl", "kept") == []
    assert "test_sets.1: there is no dataset 'nowhere'" in faults(here, "kept", "nowhere")[0]
    assert "A file can be named too" in faults(here, "nowhere")[0]
    assert "test_sets.0: 'a.jsonl' is among the files that models learn from" in faults(here, "a.jsonl")[0]
    assert "the validation split of 'kept' holds no questions (training 1" in faults(here, "kept", test_split="val")[0]
    assert "leaks: given remove, and no test sets" in faults(here, leaks="remove")[0]
    assert faults(here, "kept", "kept") == ["test_sets.1: named twice"]
    write(here.root / "odd.jsonl", [{"a": 1, "b": 2}])
    assert "test_sets.0: " in faults(here, "odd.jsonl")[0] and "all rows in Test" in faults(here, "odd.jsonl")[0]
    own = {"file": "kept", "split": "kept"}
    assert faults(here, "kept", sources=[own]) == [], "its own test part is what one wants to know of"
    assert "'kept' is among the files" in faults(here, "kept", sources=[own], test_split="all")[0]
    assert "'kept' is among the files" in faults(here, "kept", sources=[{"file": "kept"}])[0]
    assert "'kept' is among the files" in faults(here, "kept", sources=[{"file": "kept/test.jsonl"}])[0]
    assert faults(here, "exam.jsonl", sources=[{"file": "exam.jsonl", "split": "test"}, {"file": "a.jsonl"}]) == []


def test_a_test_set_is_pinned_and_one_that_is_still_made_is_waited_for(here: Workspace) -> None:
    def found(name: str) -> Reference:
        recipe = DatasetRecipe.model_validate({"name": "d", "sources": [{"file": "a.jsonl"}], "test_sets": [name]})
        return resolve_all(here, recipe).require()["test_sets.0"]

    assert (found("exam.jsonl").refers, found("kept").refers) == ("file", "dataset")
    coming: Run = RunStore(here).create(
        DatasetRecipe.model_validate({"name": "soon", "sources": [{"file": "a.jsonl"}]}), {}
    )
    soon = found("soon")
    assert (soon.coming, soon.run, soon.refers) == (True, coming.id, "dataset")
