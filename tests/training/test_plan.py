"""What is settled before the first step, and a resumed training that needs nothing else."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import pytest
from safetensors.torch import load_file

from studio.core.workspace import Workspace
from studio.models.facts import facts_of
from studio.runs.job import Job, Termination
from studio.runs.work import perform
from studio.training import plan
from studio.training.kinds.train import run
from tests.training.conftest import Order, again, questions, write_dataset


def held(job: Job) -> dict[str, object]:
    value: dict[str, object] = json.loads((job.path / "plan" / "plan.json").read_text())
    return value


def test_the_plan_is_what_was_done(order: Order, tiny_model: Path, capsys: pytest.CaptureFixture[str]) -> None:
    recipe, job = order(val=questions(), max_steps=2)
    metrics = run(recipe, job).metrics
    planned, facts = held(job), facts_of(tiny_model)
    assert (planned["rows"], planned["steps"], planned["ends"]) == ({"train": 4, "val": 4}, 2, [2])
    assert (planned["parameters"], planned["trainable"]) == (facts.parameters, facts.adapter_parameters(4))
    expected = plan.share(facts.adapter_parameters(4), facts.parameters + facts.adapter_parameters(4))
    assert metrics["trainable_percent"] == expected
    assert f"{expected:g}% of the weights learn ({facts.adapter_parameters(4):,})" in capsys.readouterr().out


def test_the_share_of_full_training_is_all(order: Order, tiny_model: Path) -> None:
    recipe, job = order(method="full", max_steps=1)
    assert run(recipe, job).metrics["trainable_percent"] == 100
    assert held(job)["trainable"] == facts_of(tiny_model).parameters


def test_a_resumed_training_needs_no_dataset(order: Order, workspace: Workspace) -> None:
    recipe, job = order(val=questions(), epochs=3)
    run(recipe, job)
    weights = load_file(job.path / "model" / "adapter_model.safetensors")
    for place in (job.path / "model", job.path / "checkpoints", workspace.root / "facts"):
        shutil.rmtree(place)
    assert perform(job.run, Termination()) == 0, job.run.log_file
    after = load_file(job.path / "model" / "adapter_model.safetensors")
    assert all(after[name].equal(value) for name, value in weights.items()), "the same rows in the same order"


def test_rows_that_are_damaged_or_of_another_recipe_are_made_anew(order: Order, workspace: Workspace) -> None:
    recipe, job = order(max_steps=1)
    run(recipe, job)
    before = held(job)["sha256"]
    (job.path / "plan" / "train.arrow").write_bytes(b"torn")
    run(recipe, again(job.run, workspace))
    assert held(job)["sha256"] == before
    write_dataset(workspace.root / "facts", questions()[:2])
    shutil.rmtree(job.path / "checkpoints")
    run(recipe.model_copy(update={"max_length": 256}), again(job.run, workspace))
    assert held(job)["rows"] == {"train": 2, "val": 0}


def test_a_hundred_million_epochs_begin_at_once(order: Order) -> None:
    recipe, job = order(epochs=1e8, max_steps=2)
    assert run(recipe, job).metrics["steps"] == 2
