from __future__ import annotations

import json
from pathlib import Path

import pytest

from studio.core.errors import InputError
from studio.core.recipe import Recipe
from studio.core.settings import Workspace
from studio.data.build import Share, Source, build
from studio.data.rows import SPLITS, read_rows
from studio.kinds.dataset import DatasetRecipe
from studio.runs.events import EventLog
from studio.runs.job import Job
from studio.runs.store import RunStore


def job_for(workspace: Workspace) -> Job:
    recipe: Recipe = DatasetRecipe(name="d", sources=[{"file": "x"}])
    run = RunStore(workspace).create(recipe, {})
    return Job(run, workspace, {}, EventLog(run.events_file))


def jsonl(folder: Path, name: str, rows: list[dict[str, object]]) -> Path:
    path = folder / name
    path.write_text("".join(json.dumps(row, ensure_ascii=False) + "\n" for row in rows), encoding="utf-8")
    return path


def facts(count: int, word: str = "fact") -> list[dict[str, object]]:
    return [{"question": f"What is {word} number {n}?", "answer": f"It is {n}."} for n in range(count)]


def test_every_row_is_taken_or_rejected_with_its_line(workspace: Workspace, tmp_path: Path) -> None:
    rows = [*facts(10), {"question": "", "answer": "x"}, {"question": "what is FACT number 3", "answer": "It is 3"}]
    job = job_for(workspace)
    outcome = build([Source(jsonl(tmp_path, "a.jsonl", rows), "auto", "hash", "a.jsonl")], Share(0.1, 0.2), None, job)
    folder = job.path / outcome.outputs["dataset"]
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


def test_a_question_stays_in_its_part_when_rows_are_added(workspace: Workspace, tmp_path: Path) -> None:
    parts = []
    for count in (200, 400):
        job = job_for(workspace)
        build([Source(jsonl(tmp_path, "a.jsonl", facts(count)), "qa", "hash", "a")], Share(0.1, 0.2), None, job)
        parts.append({row.stem: split for split in SPLITS for row in read_rows(job.path / "dataset", split)})
    assert all(parts[1][stem] == split for stem, split in parts[0].items())
    assert 40 < sum(split == "test" for split in parts[1].values()) < 120


def test_a_training_row_that_stands_in_the_test_file_is_rejected(workspace: Workspace, tmp_path: Path) -> None:
    train = Source(jsonl(tmp_path, "train.jsonl", facts(6)), "qa", "train", "train.jsonl")
    test = Source(jsonl(tmp_path, "test.jsonl", facts(2)), "qa", "test", "test.jsonl")
    job = job_for(workspace)
    build([train, test], Share(0, 0), None, job)
    assert [len(read_rows(job.path / "dataset", split)) for split in SPLITS] == [4, 0, 2]


def test_what_gives_way_is_the_training_row_wherever_the_files_stand(workspace: Workspace, tmp_path: Path) -> None:
    """The second file is spread by hash: what of it falls into the test part is kept, the first file's row is not."""
    train = Source(jsonl(tmp_path, "train.jsonl", facts(40)), "qa", "train", "train.jsonl")
    every = Source(jsonl(tmp_path, "all.jsonl", facts(40)), "qa", "hash", "all.jsonl")
    job = job_for(workspace)
    build([train, every], Share(0.2, 0.3), None, job)
    parts = {split: {row.id for row in read_rows(job.path / "dataset", split)} for split in SPLITS}
    assert sum(map(len, parts.values())) == 40
    assert parts["test"] and parts["val"]
    assert all(id.startswith("all.jsonl") for id in parts["test"] | parts["val"])
    about = json.loads((job.path / "dataset/dataset.json").read_text())
    assert [item["taken"] + item["rejected"] for item in about["sources"]] == [40, 40]
    assert about["sources"][0]["rejected"] == len(parts["test"] | parts["val"])
    assert "a row of the test part" in (job.path / "dataset/card.md").read_text()


def test_the_card_names_the_encoding_and_the_fields_not_used(workspace: Workspace, tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    path.write_text("question,answer,department,note\n肝素过量用什么药？,鱼精蛋白,急诊科,\n", encoding="gb18030")
    job = job_for(workspace)
    build([Source(path, "auto", "hash", "a.csv")], Share(0, 0), None, job)
    card = (job.path / "dataset/card.md").read_text()
    assert "| a.csv | gb18030 | qa |" in card
    assert "- a.csv: `department`\n" in card
    assert "a.csv was read as GB18030" in job.run.events_file.read_text()


def test_a_file_that_no_layout_fits(workspace: Workspace, tmp_path: Path) -> None:
    path = jsonl(tmp_path, "a.jsonl", [{"foo": 1, "bar": 2}])
    with pytest.raises(InputError, match="foo, bar") as caught:
        build([Source(path, "auto", "hash", "a")], Share(0, 0), None, job_for(workspace))
    assert "medqa, qa" in caught.value.to("en")


def test_nothing_is_written_where_no_row_is_good(workspace: Workspace, tmp_path: Path) -> None:
    job = job_for(workspace)
    path = jsonl(tmp_path, "a.jsonl", [{"question": "q", "answer": ""}] * 3)
    with pytest.raises(InputError, match="none of 3 rows"):
        build([Source(path, "qa", "hash", "a")], Share(0, 0), None, job)
    assert not (job.path / "dataset").exists()


def test_a_row_with_half_a_character_is_rejected_and_the_rest_is_kept(workspace: Workspace, tmp_path: Path) -> None:
    path = tmp_path / "a.jsonl"
    path.write_text('{"question": "good", "answer": "x"}\n{"question": "bad \\ud83d", "answer": "y"}\n')
    job = job_for(workspace)
    build([Source(path, "auto", "hash", "a")], Share(0, 0), None, job)
    rejected = [json.loads(line) for line in (job.path / "dataset/rejected.jsonl").read_text("utf-8").splitlines()]
    assert [(item["line"], item["row"]["question"]) for item in rejected] == [(2, "bad \ud83d")]
    assert "half a character" in rejected[0]["reason"]["en"]
    assert len(read_rows(job.path / "dataset", "train")) == 1


def test_a_file_whose_rows_cannot_be_read_says_why(workspace: Workspace, tmp_path: Path) -> None:
    path = tmp_path / "a.json"
    path.write_text('[\n"one",\n"two"]')
    with pytest.raises(InputError, match=r"a.json line 2: none of 2 rows can be read.*no JSON object"):
        build([Source(path, "auto", "hash", "a")], Share(0, 0), None, job_for(workspace))


def test_public_files_go_through(workspace: Workspace, shared_data: Path) -> None:
    """Real files, where they lie beside the checkout; the rows they have are known."""
    expected = {
        "medqa_us/phrases_no_exclude_test.jsonl": 1273,
        "medqa_mainland/medqa_mainland_685.jsonl": 685,
        "medqa_mainland/mcmle_171_misspelt_keys.jsonl": 171,
        "cmexam/cmexam_annotated_200.csv": 200,
    }
    for name, rows in expected.items():
        if (shared_data / name).exists():
            job = job_for(workspace)
            outcome = build([Source(shared_data / name, "auto", "hash", name)], Share(0.1, 0.1), None, job)
            assert outcome.metrics["rows"] + outcome.metrics["rejected"] == rows
            assert outcome.metrics["rows"] >= rows - 3
