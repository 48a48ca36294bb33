"""What became of every row: it balances, it is told, and nothing goes missing on the way."""

from __future__ import annotations

import json
import tempfile
from collections import Counter
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from studio.core.errors import InputError, StudioError
from studio.core.reporter import Silent, Stopped
from studio.core.text import Text
from studio.data.build import build
from studio.data.dataset_folder import SPLITS, read_rows
from studio.data.ledger import OUTCOMES, Ledger
from studio.data.recipe import DatasetRecipe
from studio.data.source_file import SourceFile

Rows = Sequence[Mapping[str, Any] | str]
OTHERS = ("rejected", "merged", "dropped", "beyond")


class Hearer(Silent):
    """Keeps the notices and how far the work said it was."""

    def __init__(self) -> None:
        self.notices: list[Text] = []
        self.progressed: list[tuple[int, int, str]] = []

    def notice(self, text: Text) -> None:
        self.notices.append(text)

    def progress(self, done: int, total: int, unit: str, saved: int | None = None) -> None:
        self.progressed.append((done, total, unit))


class Impatient(Silent):
    """Asks to stop at the given question whether to."""

    def __init__(self, after: int) -> None:
        self.left = after

    def check_stop(self) -> None:
        self.left -= 1
        if self.left < 0:
            raise Stopped


def write(path: Path, rows: Rows) -> Path:
    path.parent.mkdir(exist_ok=True)
    lines = [row if isinstance(row, str) else json.dumps(row, ensure_ascii=False) for row in rows]
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")
    return path


def fact(number: int, answer: str = "") -> dict[str, Any]:
    return {"question": f"What is fact number {number} of them?", "answer": answer or f"It is {number}."}


def make(
    folder: Path, files: Mapping[str, Rows], sources: Mapping[str, Mapping[str, Any]] | None = None, **options: Any
) -> tuple[Path, Hearer]:
    """Build a dataset of files, each with what the recipe says of it."""
    paths = [write(folder / name, rows) for name, rows in files.items()]
    said = sources or {}
    items = [SourceFile.model_validate({"file": name, **said.get(name, {})}) for name in files]
    told = Hearer()
    build(DatasetRecipe(name="d", sources=items, **{"val": 0, "test": 0, **options}), paths, folder / "dataset", told)
    return folder / "dataset", told


def about(folder: Path) -> dict[str, Any]:
    found = json.loads((folder / "dataset.json").read_text(encoding="utf-8"))
    assert isinstance(found, dict)
    return found


def left_out(folder: Path) -> list[dict[str, Any]]:
    return [json.loads(line) for line in (folder / "rejected.jsonl").read_text(encoding="utf-8").splitlines()]


def test_every_row_has_one_outcome_and_the_books_say_which(tmp_path: Path) -> None:
    good = [{**fact(number), "label": 1} for number in range(6)]
    rows = [*good, good[0], {**fact(7), "label": 0}, {"question": "", "answer": "x", "label": 1}, "{broken"]
    values = {"label": {"1": "keep", "0": "drop"}}
    folder, told = make(tmp_path, {"a.jsonl": rows}, {"a.jsonl": {"values": values}}, limit=4)
    found = about(folder)["sources"][0]
    assert {name: found[name] for name in ("rows", "read", *OUTCOMES)} == {
        "rows": 10, "read": 10, "taken": 4, "rejected": 2, "merged": 1, "dropped": 1, "beyond": 2,
    }  # fmt: skip
    outcomes = [(item["line"], item["outcome"]) for item in left_out(folder)]
    assert outcomes == [(7, "merged"), (8, "dropped"), (9, "rejected"), (10, "rejected")]
    assert left_out(folder)[1]["row"] == rows[7], "what was dropped can be put back"
    assert about(folder)["rejected"] == len(outcomes)
    card, chinese = ((folder / name).read_text() for name in ("card.md", "card.zh.md"))
    assert "| a.jsonl | 10 | 10 | 4 | 2 | 1 | 1 | 2 |\n" in card
    assert "| 文件 | 文件行数 | 读取 | 采用 | 剔除 | 重复合并 | 按规则丢弃 | 超出上限 |\n" in chinese
    assert "| 按规则丢弃 | 按规则丢弃：label 为 0 | a.jsonl:8 | 1 |\n" in chinese
    assert (
        "Rows taken: 4 (training 4, validation 0, test 0); rejected: 2; merged with an earlier row: 1"
        in told.notices[-1].en
    )


def test_a_case_counts_by_what_it_gives_and_the_row_count_stands_beside(tmp_path: Path) -> None:
    asked = [{"question": f"Question {number}?", "answer": f"Answer {number}."} for number in range(3)]
    rows = [
        {"title": "Hernia", "description": f"Man number {number} with a groin mass.", "QA_pairs": asked}
        for number in range(2)
    ]
    folder, _ = make(tmp_path, {"a.jsonl": rows})
    found = about(folder)["sources"][0]
    assert (found["rows"], found["read"], found["taken"]) == (2, 6, 6)


def test_a_question_of_a_case_that_cannot_be_used_costs_itself_alone(tmp_path: Path) -> None:
    asked: list[object] = [{"question": f"Question {n}?", "answer": f"Answer {n}."} for n in range(3)]
    asked[1] = {"question": "Question 1?", "answer": " "}
    asked += ["no object", {"question": "Which?", "options": {"A": "x", "B": "y"}, "answer": "C"}]
    folder, _ = make(tmp_path, {"a.jsonl": [{"id": "c", "description": "A man of 49.", "QA_pairs": asked}]})
    found = about(folder)["sources"][0]
    assert (found["rows"], found["read"], found["taken"], found["rejected"]) == (1, 5, 2, 3)
    kept = [row for split in SPLITS for row in read_rows(folder, split)]
    assert sorted(row.id for row in kept) == ["c#1", "c#3"] and {row.family for row in kept} == {"A man of 49."}
    left = [json.loads(line)["reason"]["en"] for line in (folder / "rejected.jsonl").read_text().splitlines()]
    assert left[:2] == ["the answer to question 2 of the case is empty", "a question of the case is no object"]


ROW = st.tuples(st.sampled_from(["good", "good", "good", "empty", "broken", "dropped", "choice"]), st.integers(0, 12))


def _row(sort: str, number: int) -> Mapping[str, Any] | str:
    if sort == "broken":
        return "{broken"
    if sort == "choice":  # of two with one stem and other answers the second contradicts
        stem = f"Which of these is number {number // 2}?"
        return {"question": stem, "options": {"A": "one", "B": "two"}, "answer_idx": "AB"[number % 2], "keep": 1}
    row = {**fact(number // 2, f"It is {number}."), "keep": int(sort != "dropped")}
    return {**row, "answer": ""} if sort == "empty" else row


@settings(max_examples=40, deadline=None)
@given(
    files=st.lists(
        st.tuples(st.sampled_from(["hash", "train", "val", "test"]), st.lists(ROW, min_size=1, max_size=15)),
        min_size=1,
        max_size=3,
    ),
    limit=st.none() | st.integers(1, 6),
    seed=st.integers(0, 3),
)
def test_the_ledger_balances(files: list[tuple[str, list[tuple[str, int]]]], limit: int | None, seed: int) -> None:
    with tempfile.TemporaryDirectory() as place:
        written = {f"{number}.jsonl": [_row(*row) for row in rows] for number, (_, rows) in enumerate(files)}
        said = {
            f"{number}.jsonl": {"split": split, "values": {"keep": {"0": "drop", "1": "keep"}}}
            for number, (split, _) in enumerate(files)
        }
        try:
            folder, _ = make(Path(place), written, said, val=0.2, test=0.2, limit=limit, seed=seed)
        except InputError:
            assert not (Path(place) / "dataset").exists()
            return
        found = about(folder)
        rows = [row for split in SPLITS for row in read_rows(folder, split)]
        lines = Counter((item["file"], item["outcome"]) for item in left_out(folder))
        for name, item in zip(written, found["sources"], strict=True):
            assert item["read"] == item["rows"] == len(written[name])
            assert item["read"] == sum(item[outcome] for outcome in OUTCOMES)
            assert item["taken"] == sum(row.source is not None and row.source.file == name for row in rows)
            assert limit is None or item["taken"] <= limit
            assert all(item[outcome] == lines[name, outcome] for outcome in ("rejected", "merged", "dropped"))
        assert found["ledger"]["read"] == sum(found["ledger"][outcome] for outcome in OUTCOMES)
        assert len({row.id for row in rows}) == len(rows) == found["rows"]


def test_an_arithmetic_that_does_not_balance_is_our_fault_and_says_so() -> None:
    ledger = Ledger()
    account = ledger.open()
    account.read = 2
    account.outcomes["taken"] = 1
    with pytest.raises(StudioError, match="2 rows were read, 1 are accounted for") as caught:
        ledger.require_balanced(1)
    assert caught.value.exit_code == 1 and not isinstance(caught.value, InputError)
    account.read = 1
    ledger.require_balanced(1)
    with pytest.raises(StudioError, match="1 rows were read, 3"):
        ledger.require_balanced(3)


def test_a_limit_draws_from_all_of_a_file_and_the_books_still_balance(tmp_path: Path) -> None:
    by_department = [{**fact(number), "department": "ABCD"[number // 50]} for number in range(200)]
    bad = [{"question": "", "answer": "x"}] * 30
    samples = []
    for limit in (10, 40):
        folder, _ = make(tmp_path / str(limit), {"a.jsonl": [*by_department, *bad]}, limit=limit)
        rows = read_rows(folder, "train")
        found = about(folder)["sources"][0]
        assert [found[name] for name in ("read", "taken", "rejected", "beyond")] == [230, limit, 30, 200 - limit]
        assert {row.labels["department"] for row in rows} == set("ABCD")
        samples.append({row.id for row in rows})
    assert samples[0] < samples[1]


def test_no_row_left_for_training_is_an_error_that_names_why(tmp_path: Path) -> None:
    files = {"train.jsonl": [fact(1), fact(2)], "test.jsonl": [fact(1), fact(2), fact(3)]}
    said = {"train.jsonl": {"split": "train"}, "test.jsonl": {"split": "test"}}
    with pytest.raises(
        InputError, match="the training split is empty: all 2 of its rows ask what rows of a stronger split"
    ) as caught:
        make(tmp_path, files, said)
    assert "训练集为空" in caught.value.to("zh")
    assert not (tmp_path / "dataset").exists()
    few = {"a.jsonl": [fact(0)]}
    with pytest.raises(InputError, match=r"all rows went elsewhere \(test 1\)"):
        make(tmp_path / "few", few, test=0.9, val=0.05)


def test_an_empty_part_that_was_asked_for_is_told_and_stands_on_the_card(tmp_path: Path) -> None:
    folder, told = make(tmp_path, {"a.jsonl": [fact(1), fact(2), fact(3)]}, val=0.01, test=0)
    said = "the validation split is empty: all rows went elsewhere (train 3)"
    assert said in [notice.en for notice in told.notices]
    assert f"- {said}\n" in (folder / "card.md").read_text()
    assert "- 验证集为空：所有行都划到了别处（训练集 3 行）\n" in (folder / "card.zh.md").read_text()
    folder, told = make(tmp_path / "none", {"a.jsonl": [fact(1)]})
    assert not any("empty" in notice.en for notice in told.notices), "nobody asked for one"
    folder, told = make(tmp_path / "exam", {"a.jsonl": [fact(1)]}, {"a.jsonl": {"split": "test"}})
    assert about(folder)["splits"] == {"train": 0, "val": 0, "test": 1}


def test_two_files_of_one_name_are_told_apart(tmp_path: Path) -> None:
    folder, _ = make(tmp_path, {"one/x.jsonl": [fact(1)], "two/x.jsonl": [fact(2), fact(1)]})
    (again,) = left_out(folder)
    assert (again["file"], again["line"]) == ("two/x.jsonl", 2)
    assert again["reason"]["en"] == "the same question as one/x.jsonl line 1"
    assert {row.source.file for row in read_rows(folder, "train") if row.source} == {"one/x.jsonl", "two/x.jsonl"}


def test_it_stops_inside_a_single_file_and_leaves_nothing(tmp_path: Path) -> None:
    path = write(tmp_path / "a.jsonl", [fact(number) for number in range(9_000)])
    recipe = DatasetRecipe(name="d", sources=[SourceFile(file="a.jsonl")])
    for after in (0, 3, 6):
        with pytest.raises(Stopped):
            build(recipe, [path], tmp_path / "dataset", Impatient(after))
        assert [item.name for item in tmp_path.iterdir()] == ["a.jsonl"]


def test_progress_says_how_many_rows_there_are_likely_to_be(tmp_path: Path) -> None:
    _, told = make(tmp_path, {"a.jsonl": [fact(number) for number in range(5_000)]})
    reading = [(done, total) for done, total, unit in told.progressed if unit == "rows" and 0 < done < 5_000]
    assert reading and all(abs(total - 5_000) <= 5 for _, total in reading)
