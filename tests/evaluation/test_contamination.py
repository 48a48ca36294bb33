"""An evaluation knows what its models have learned of the questions, and gives its figures without those once more."""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path

import pytest

from studio.answering.system import System
from studio.core.files import write_json
from studio.core.recipe import Recipe
from studio.core.reporter import Silent
from studio.core.workspace import Workspace
from studio.data.leaks.portion import Portion
from studio.data.leaks.recipe import LeaksRecipe
from studio.data.recipe import DatasetRecipe
from studio.data.records.question import Question
from studio.data.source_file import SourceFile
from studio.evaluation.contamination import Contamination, contamination
from studio.evaluation.kinds import evaluate
from studio.evaluation.recipe import EvaluateRecipe
from studio.evaluation.score import Answers, score
from studio.runs import references
from studio.runs.directory import Run
from studio.runs.lineage import made_from
from studio.runs.store import RunStore
from studio.training.recipe import TrainRecipe

ABOUT = {"name": "r", "benchmark": "d", "dataset": "d", "split": "test", "seed": 1}


def dataset(folder: Path, **parts: Sequence[Question]) -> Path:
    folder.mkdir(parents=True)
    for split in ("train", "val", "test"):
        lines = "".join(row.model_dump_json() + "\n" for row in parts.get(split, ()))
        (folder / f"{split}.jsonl").write_text(lines, encoding="utf-8")
    counts = {split: len(parts.get(split, ())) for split in ("train", "val", "test")}
    write_json(folder / "dataset.json", {"record": "question", "splits": counts, "rows": sum(counts.values())})
    return folder


def test_the_figures_stand_again_on_what_no_model_has_learned(
    tmp_path: Path, answered: Answers, questions: list[Question], systems: list[System[Question]]
) -> None:
    learnt = [
        Question(id="1", stem="WHAT REVERSES HEPARIN", gold="protamine"),
        Question(id="2", stem="哪种药解救阿片类中毒", options={"A": "纳洛酮", "B": "吗啡"}, gold="A"),
    ]
    portion = Portion("mine", dataset(tmp_path / "mine", train=learnt, test=questions), "train")
    found = contamination(questions, {"tuned": [portion], "base": []}, Silent())
    assert dict(found.found) == {"tuned": {"o1": "exact"}}  # eleven characters with other options are another question
    metrics = score(answered, questions, systems, ABOUT, contamination=found)
    said = metrics["contamination"]
    assert said["models"] == {"tuned": {"datasets": ["mine"], "questions": 1, "sorts": {"exact": 1}}}
    assert (
        said["said"][0]["en"]
        == "Of 5 questions, 1 also stand in what tuned was trained on (mine): the same question 1."
    )
    named, clean = (held["systems"]["tuned:direct"]["named"] for held in (metrics, said))
    assert (named["n"], named["value"], clean["n"], clean["value"]) == (3, 0.666667, 2, 0.5)
    assert clean["low"] < 0.5 < clean["high"] and said["clean"] == 4
    assert said["systems"]["tuned:direct"]["accuracy"] == metrics["systems"]["tuned:direct"]["accuracy"]
    table = (answered.folder / "table.txt").read_text()
    assert said["said"][0]["en"] in table and "4 clean questions" in table
    page = (answered.folder / "report.html").read_text()
    assert (
        "A model was trained on 1 of the 5 questions" in page
        and "5 道题中有 1 道（含近似重复）在训练数据中出现过" in page
    )
    assert "去除学过的题目后，共 4 题" in page and "1 道也出现在 tuned 的训练数据（mine）中" in page
    details = [json.loads(line) for line in (answered.folder / "details.jsonl").read_text().splitlines()]
    assert {(line["contestant"], line["question"]) for line in details if line["learned"]} == {("tuned:direct", "o1"), ("tuned:rag", "o1")}  # fmt: skip


@pytest.mark.parametrize("learnt", [0, 5])
def test_nothing_learned_and_everything_learned_are_said(
    tmp_path: Path, answered: Answers, questions: list[Question], systems: list[System[Question]], learnt: int
) -> None:
    portion = Portion("mine", dataset(tmp_path / "mine", train=questions[:learnt]), "train")
    found = contamination(questions, {"tuned": [portion]}, Silent())
    metrics = score(answered, questions, systems, ABOUT, contamination=found)
    assert metrics["contamination"]["clean"] == 5 - learnt
    assert ("None of the 5 questions was found" in metrics["contamination"]["said"][0]["en"]) == (learnt == 0)
    page = (answered.folder / "report.html").read_text()
    assert ("A model was trained on all 5 questions" in page) == (learnt == 5) and ('class="heed"' in page) == (
        learnt == 5
    )
    assert "clean questions" not in (answered.folder / "table.txt").read_text()
    assert (answered.folder / "report.html").is_file()


def test_of_a_model_whose_data_nobody_knows_nothing_is_said(
    answered: Answers, questions: list[Question], systems: list[System[Question]]
) -> None:
    found = contamination(questions, {"base": []}, Silent())
    assert found == Contamination()
    assert "contamination" not in score(answered, questions, systems, ABOUT, contamination=found)


def finished(workspace: Workspace, recipe: Recipe, output: str) -> Run:
    """Return a run of a recipe, what its names mean pinned, that has made something."""
    found = references.resolve_all(workspace, recipe).references
    run = RunStore(workspace).create(recipe, {"references": references.dump(found)})
    (run.path / output).mkdir(exist_ok=True)
    run.write_result("finished", metrics={}, outputs={output: output}, error=None)
    return run


def made(workspace: Workspace, name: str, **parts: Sequence[Question]) -> Run:
    run = RunStore(workspace).create(DatasetRecipe(name=name, sources=[SourceFile(file="x")]), {})
    dataset(run.path / "dataset", **parts)
    run.write_result("finished", metrics={}, outputs={"dataset": "dataset"}, error=None)
    return run


def trained(workspace: Workspace, name: str, model: str, data: str) -> Run:
    run = finished(workspace, TrainRecipe(name=name, model=model, dataset=data), "model")
    write_json(run.path / "model" / "config.json", {"architectures": ["LlamaForCausalLM"]})
    return run


def test_what_a_model_learned_is_known_down_to_the_first_it_was_trained_from(
    workspace: Workspace, questions: list[Question]
) -> None:
    (workspace.models / "small").mkdir()
    write_json(workspace.models / "small" / "config.json", {"architectures": ["LlamaForCausalLM"]})
    first, second = (
        made(workspace, "first", train=questions),
        made(workspace, "second", train=questions, test=questions),
    )
    trained(workspace, "once", "small", "first")
    trained(workspace, "twice", "once", "second")

    def learned(model: str) -> list[str]:
        return [made.run for made in made_from(workspace, references.resolve(workspace, "model", model), "dataset")]

    assert (learned("twice"), learned("once"), learned("small")) == ([second.id, first.id], [first.id], [])

    def warned(**values: object) -> list[str]:
        recipe = EvaluateRecipe.model_validate(
            {"name": "e", "models": ["small", "twice"], "modes": ["direct"], **values}
        )
        return [text.en for text in evaluate.forecast(recipe, references.resolve_all(workspace, recipe)).warnings]

    assert warned(dataset="second") == []
    (said,) = warned(dataset="first", split="train")
    assert said.startswith("twice was trained on these very questions (the training split of first)")
    report = finished(workspace, LeaksRecipe(name="check", dataset="first", against=["second"]), "leaks")
    write_json(
        report.path / "leaks" / "leaks.json",
        {"against": [{"dataset": "second", "split": "test", "found": 3, "questions": 5}]},
    )
    (said,) = warned(dataset="second")
    assert said.startswith("3 of these 5 questions also stand in what twice was trained on (leak check check).")

    own = DatasetRecipe(name="third", sources=[SourceFile(file="x")], test_sets=["second"])
    third = finished(workspace, own, "own")
    dataset(third.path / "dataset", train=questions)
    (third.path / "dataset" / "leaks").mkdir()
    write_json(
        third.path / "dataset" / "leaks" / "leaks.json",
        {"against": [{"dataset": "second", "split": "test", "found": 2, "questions": 5}]},
    )
    outputs = {"dataset": "dataset", "leaks": "dataset/leaks"}
    third.write_result("finished", metrics={}, outputs=outputs, error=None)
    trained(workspace, "thrice", "small", "third")
    (said,) = warned(dataset="second", models=["thrice"])
    assert said.startswith("2 of these 5 questions also stand in what thrice was trained on (leak check third).")
