"""Under a field: which run its name means, and where to make what is not here yet; links that choose several things."""

from __future__ import annotations

import re
import time
from collections.abc import Callable

from studio.core.files import read_json, write_json
from studio.runs.directory import Run
from studio.runs.kinds import KINDS
from studio.ui.companions import companions
from studio.ui.context import Context
from studio.ui.form import recipe_text
from studio.ui.form.faults import fault_notice
from studio.ui.form.field import Field, fields_of
from studio.ui.form.meaning import meaning
from studio.ui.outputs.base import next_steps


def field(kind: str, name: str) -> Field:
    return next(field for field in fields_of(KINDS.load(kind).recipe) if field.name == name)


def finish(run: Run, output: str, holds: str, **inputs: tuple[str, Run]) -> Run:
    """Leave a run as its worker would, made from what other runs made."""
    (run.path / output).mkdir()
    (run.path / output / holds).write_text("{}")
    pinned = {
        sort: {"given": made.name, "refers": sort, "path": f"runs/{made.id}/{sort}", "run": made.id}
        for sort, (_, made) in inputs.items()
    }
    write_json(run.inputs_file, {**(read_json(run.inputs_file) or {}), "references": pinned})
    run.write_result("finished", started=time.time(), metrics={}, outputs={output: output}, error=None)
    return run


def test_of_two_runs_of_a_name_the_form_says_which_it_takes(
    en: Context, zh: Context, new_run: Callable[..., Run]
) -> None:
    runs = [new_run("dataset", name="demo", sources=[{"file": "a.jsonl"}]) for _ in range(2)]
    finish(runs[0], "dataset", "train.jsonl")
    said = field("train", "dataset")
    assert not meaning(en, "train", said, "demo"), "one run of the name: nothing to say"
    finish(runs[1], "dataset", "train.jsonl")
    line = meaning(en, "train", said, "demo")
    assert f'"#runs={runs[1].id}"' in line and "newest of 2 runs" in line
    assert "2 次同名运行" in meaning(zh, "train", said, "demo")
    assert not meaning(zh, "train", said, "other")


def test_an_empty_workspace_says_where_to_begin(en: Context, zh: Context, new_run: Callable[..., Run]) -> None:
    dataset = field("train", "dataset")
    assert '还没有数据集：请先到<a href="#data">“数据”页</a>创建。' in meaning(zh, "train", dataset, "")
    assert 'first make one on <a href="#data">the Data tab</a>' in meaning(en, "train", dataset, None)
    assert 'href="#home"' in meaning(en, "evaluate", field("evaluate", "models"), [])
    error = recipe_text.faults("kind: train\nname: x\n", "train")
    assert error is not None
    told = fault_notice(zh, "train", fields_of(KINDS.load("train").recipe), error)
    assert "数据集（dataset）：必填。" in told and '<a href="#data">' in told
    finish(new_run("dataset", name="demo", sources=[{"file": "a.jsonl"}]), "dataset", "train.jsonl")
    assert not meaning(zh, "train", dataset, "")
    assert '<a href="#data">' not in fault_notice(zh, "train", fields_of(KINDS.load("train").recipe), error)


def test_links_carry_on_what_goes_together(en: Context, new_run: Callable[..., Run]) -> None:
    data = finish(new_run("dataset", name="mine", sources=[{"file": "a.jsonl"}]), "dataset", "train.jsonl")
    base = finish(new_run("knowledge", name="book", sources=["a.md"], embedder="e"), "knowledge", "manifest.json")
    model = finish(new_run("train", name="tuned", dataset="mine"), "model", "config.json", dataset=("dataset", data))
    assert companions(en, "evaluate", model) == [("dataset", "mine")]
    assert 'href="#evaluate=model:tuned+dataset:mine"' in next_steps(en, "model", model.name, model)
    assert (
        next_steps(en, "knowledge", base.name, base)
        == '<a class="act primary" href="#evaluate=knowledge:book">Evaluate with it</a>'
    )
    report = new_run("evaluate", name="r", dataset="mine", models=["tuned"], knowledge="book")
    finish(report, "report", "metrics.json", dataset=("dataset", data), model=("model", model), knowledge=("knowledge", base))  # fmt: skip
    assert 'href="#evaluate=model:tuned+dataset:mine+knowledge:book"' in next_steps(en, "model", model.name, model)
    assert 'href="#evaluate=knowledge:book+dataset:mine"' in next_steps(en, "knowledge", base.name, base)
    assert [step.split("=")[0] for step in re.findall(r"#\w+=", next_steps(en, "dataset", "mine"))] == [
        "#train", "#evaluate", "#leaks",
    ], "what leads on comes before what only looks"  # fmt: skip
    assert 'href="#evaluate=dataset:mine+knowledge:book"' in next_steps(en, "dataset", data.name, data)
