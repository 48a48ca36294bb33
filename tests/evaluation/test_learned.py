"""From a raw file to the report: a model that was trained on some of what it is asked, and what is said of it."""

from __future__ import annotations

import json
import shutil
import time
from pathlib import Path

from studio.core.recipe import Recipe
from studio.core.workspace import Workspace
from studio.data.recipe import DatasetRecipe
from studio.data.source_file import SourceFile
from studio.evaluation.recipe import EvaluateRecipe
from studio.runs import launch
from studio.runs.directory import Run
from studio.training.recipe import TrainRecipe
from studio.ui.context import Context
from studio.ui.outputs import OUTPUTS
from tests.evaluation.helpers import modes

ASKED = ["What reverses heparin after an operation?", "Which drug is given for an overdose of opioids?", "肝素过量时首选的拮抗药物是什么？"]  # fmt: skip
OTHER = ["How is a fracture of the hip treated in old age?", "高血压患者首选哪一类药物治疗？"]


def file(workspace: Workspace, name: str, stems: list[str]) -> str:
    lines = (json.dumps({"question": stem, "answer": "Protamine."}, ensure_ascii=False) for stem in stems)
    (workspace.uploads / name).write_text("\n".join(lines) + "\n", encoding="utf-8")
    return f"uploads/{name}"


def done(workspace: Workspace, recipe: Recipe) -> Run:
    run = launch.start(workspace, recipe)
    deadline = time.monotonic() + 180
    while run.active():
        assert time.monotonic() < deadline, run.log_file.read_text(encoding="utf-8")[-3000:]
        time.sleep(0.05)
    assert run.status() == "finished", run.log_file.read_text(encoding="utf-8")[-3000:]
    return run


def test_a_trained_model_is_told_what_it_has_learned_of_the_test(workspace: Workspace, tiny_model: Path) -> None:
    shutil.copytree(tiny_model, workspace.models / "tiny")
    for name, part, stems in (("learnt", "train", ASKED[:2] + OTHER[:1]), ("exam", "test", ASKED + OTHER[1:])):
        source = SourceFile.model_validate({"file": file(workspace, f"{name}.jsonl", stems), "split": part})
        done(workspace, DatasetRecipe(name=name, sources=[source]))
    done(workspace, TrainRecipe(name="tuned", model="tiny", dataset="learnt", max_steps=2, batch_size=1))
    recipe = EvaluateRecipe(name="e", dataset="exam", models=["tiny", "tuned"], modes=modes("direct"), max_tokens=8)
    run = done(workspace, recipe)
    report = run.output("report")
    assert report is not None
    metrics = json.loads((report / "metrics.json").read_text(encoding="utf-8"))
    found = metrics["contamination"]
    assert found["models"] == {"tuned": {"datasets": ["learnt"], "questions": 2, "sorts": {"exact": 2}}}
    assert found["clean"] == 2 and metrics["n"] == 4
    for figures in found["systems"].values():
        assert {figure["n"] for figure in figures.values()} == {2}
    said = "4 道题中有 2 道（含近似重复）在训练数据中出现过：请以去除这些题目后 2 道题的成绩为准。"
    assert said in (report / "report.html").read_text(encoding="utf-8")
    assert said in OUTPUTS.load("report").show(Context(workspace, "zh"), run, report)
