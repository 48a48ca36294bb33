from __future__ import annotations

import json
from pathlib import Path

import pytest

from studio.core.errors import InputError
from studio.core.reporter import Silent
from studio.core.text import Text
from studio.data.build import build
from studio.data.dataset_folder import SPLITS, read_rows
from studio.data.recipe import DatasetRecipe, SourceFile


def recipe_for(*sources: tuple[str, str, str], val: float = 0, test: float = 0) -> DatasetRecipe:
    """Return a recipe over (file, layout, split)."""
    files = [SourceFile(file=file, layout=layout, split=split) for file, layout, split in sources]
    return DatasetRecipe(name="d", sources=files, val=val, test=test)


class Notices(Silent):
    """Keeps what it is told."""

    def __init__(self) -> None:
        self.said: list[str] = []

    def notice(self, text: Text) -> None:
        self.said.append(text.en)


def jsonl(folder: Path, name: str, rows: list[dict[str, object]]) -> Path:
    path = folder / name
    path.write_text("".join(json.dumps(row, ensure_ascii=False) + "\n" for row in rows), encoding="utf-8")
    return path


def facts(count: int, word: str = "fact") -> list[dict[str, object]]:
    return [{"question": f"What is {word} number {n}?", "answer": f"It is {n}."} for n in range(count)]


def test_every_row_is_taken_or_rejected_with_its_line(tmp_path: Path) -> None:
    rows = [*facts(10), {"question": "", "answer": "x"}, {"question": "what is FACT number 3", "answer": "It is 3"}]
    folder = tmp_path / "dataset"
    recipe = recipe_for(("a.jsonl", "auto", "hash"), val=0.1, test=0.2)
    metrics = build(recipe, [jsonl(tmp_path, "a.jsonl", rows)], folder, Silent())
    assert (metrics["rows"], metrics["rejected"]) == (10, 2)
    taken = [row for split in SPLITS for row in read_rows(folder, split)]
    rejected = [json.loads(line) for line in (folder / "rejected.jsonl").read_text().splitlines()]
    assert len(taken) == 10
    assert [(item["line"], item["reason"]["en"]) for item in rejected] == [
        (11, "the question is empty"),
        (12, "the same question as a.jsonl line 4"),
    ]
    assert json.loads((folder / "dataset.json").read_text())["rows"] == 10
    assert "an earlier row" in (folder / "card.md").read_text()
    chinese = (folder / "card.zh.md").read_text()
    assert "an earlier row" not in chinese
    assert "## 剔除的行" in chinese


def test_a_question_stays_in_its_part_when_rows_are_added(tmp_path: Path) -> None:
    parts = []
    for count in (200, 400):
        folder = tmp_path / str(count)
        recipe = recipe_for(("a", "qa", "hash"), val=0.1, test=0.2)
        build(recipe, [jsonl(tmp_path, "a.jsonl", facts(count))], folder, Silent())
        parts.append({row.stem: split for split in SPLITS for row in read_rows(folder, split)})
    assert all(parts[1][stem] == split for stem, split in parts[0].items())
    assert 40 < sum(split == "test" for split in parts[1].values()) < 120


def test_a_training_row_that_stands_in_the_test_file_is_rejected(tmp_path: Path) -> None:
    files = [jsonl(tmp_path, "train.jsonl", facts(6)), jsonl(tmp_path, "test.jsonl", facts(2))]
    recipe = recipe_for(("train.jsonl", "qa", "train"), ("test.jsonl", "qa", "test"))
    build(recipe, files, tmp_path / "dataset", Silent())
    assert [len(read_rows(tmp_path / "dataset", split)) for split in SPLITS] == [4, 0, 2]


def test_what_gives_way_is_the_training_row_wherever_the_files_stand(tmp_path: Path) -> None:
    """The second file is spread by hash: what of it falls into the test part is kept, the first file's row is not."""
    files = [jsonl(tmp_path, "train.jsonl", facts(40)), jsonl(tmp_path, "all.jsonl", facts(40))]
    recipe = recipe_for(("train.jsonl", "qa", "train"), ("all.jsonl", "qa", "hash"), val=0.2, test=0.3)
    folder = tmp_path / "dataset"
    build(recipe, files, folder, Silent())
    parts = {split: {row.id for row in read_rows(folder, split)} for split in SPLITS}
    assert sum(map(len, parts.values())) == 40
    assert parts["test"] and parts["val"]
    assert all(id.startswith("all.jsonl") for id in parts["test"] | parts["val"])
    about = json.loads((folder / "dataset.json").read_text())
    assert [item["taken"] + item["rejected"] for item in about["sources"]] == [40, 40]
    assert about["sources"][0]["rejected"] == len(parts["test"] | parts["val"])
    assert "a row of the test part" in (folder / "card.md").read_text()


def test_the_card_names_the_encoding_and_the_fields_not_used(tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    path.write_text("question,answer,department,note\n肝素过量用什么药？,鱼精蛋白,急诊科,\n", encoding="gb18030")
    told = Notices()
    build(recipe_for(("a.csv", "auto", "hash")), [path], tmp_path / "dataset", told)
    card = (tmp_path / "dataset/card.md").read_text()
    assert "| a.csv | gb18030 | qa |" in card
    assert "- a.csv: `department`\n" in card
    assert told.said[0].startswith("a.csv was read as GB18030")


def test_a_file_that_no_layout_fits(tmp_path: Path) -> None:
    path = jsonl(tmp_path, "a.jsonl", [{"foo": 1, "bar": 2}])
    with pytest.raises(InputError, match="foo, bar") as caught:
        build(recipe_for(("a", "auto", "hash")), [path], tmp_path / "dataset", Silent())
    assert "medqa, qa" in caught.value.to("en")


def test_nothing_is_written_where_no_row_is_good(tmp_path: Path) -> None:
    path = jsonl(tmp_path, "a.jsonl", [{"question": "q", "answer": ""}] * 3)
    with pytest.raises(InputError, match="none of 3 rows"):
        build(recipe_for(("a", "qa", "hash")), [path], tmp_path / "dataset", Silent())
    assert not (tmp_path / "dataset").exists()


def test_a_row_with_half_a_character_is_rejected_and_the_rest_is_kept(tmp_path: Path) -> None:
    path = tmp_path / "a.jsonl"
    path.write_text('{"question": "good", "answer": "x"}\n{"question": "bad \\ud83d", "answer": "y"}\n')
    build(recipe_for(("a", "auto", "hash")), [path], tmp_path / "dataset", Silent())
    rejected = [json.loads(line) for line in (tmp_path / "dataset/rejected.jsonl").read_text("utf-8").splitlines()]
    assert [(item["line"], item["row"]["question"]) for item in rejected] == [(2, "bad \ud83d")]
    assert "half a character" in rejected[0]["reason"]["en"]
    assert len(read_rows(tmp_path / "dataset", "train")) == 1


def test_a_file_whose_rows_cannot_be_read_says_why(tmp_path: Path) -> None:
    path = tmp_path / "a.json"
    path.write_text('[\n"one",\n"two"]')
    with pytest.raises(InputError, match=r"a.json line 2: none of 2 rows can be read.*no JSON object"):
        build(recipe_for(("a", "auto", "hash")), [path], tmp_path / "dataset", Silent())


def test_public_files_go_through(shared_data: Path, tmp_path: Path) -> None:
    """Real files, where they lie beside the checkout; the rows they have are known."""
    expected = {
        "medqa_us/phrases_no_exclude_test.jsonl": 1273,
        "medqa_mainland/medqa_mainland_685.jsonl": 685,
        "medqa_mainland/mcmle_171_misspelt_keys.jsonl": 171,
        "cmexam/cmexam_annotated_200.csv": 200,
    }
    for name, rows in expected.items():
        if (shared_data / name).exists():
            recipe = recipe_for((name, "auto", "hash"), val=0.1, test=0.1)
            metrics = build(recipe, [shared_data / name], tmp_path / str(rows), Silent())
            assert metrics["rows"] + metrics["rejected"] == rows
            assert metrics["rows"] >= rows - 3


def test_shares_that_are_more_than_the_whole_are_refused(tmp_path: Path) -> None:
    path = jsonl(tmp_path, "a.jsonl", facts(3))
    with pytest.raises(InputError, match=r"test: given 0.9; val and test together are more than 1 \(1.4\)"):
        build(recipe_for(("a", "qa", "hash"), val=0.5, test=0.9), [path], tmp_path / "dataset", Silent())
