"""When checkpoints are written, and what validations decide: the best, the end, the model that comes of it."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest
import torch
from safetensors.torch import load_file

from studio.core.errors import InputError
from studio.core.workspace import Workspace
from studio.runs import references
from studio.runs.events import read_events
from studio.runs.recipes import faults_of
from studio.runs.view import series
from studio.training import checkpoints
from studio.training.kinds.train import run
from tests.training.conftest import Order, again, questions


def weights(model: Path) -> dict[str, torch.Tensor]:
    return dict(load_file(model / "adapter_model.safetensors"))


def same(one: Path, other: Path) -> bool:
    return all(torch.equal(value, weights(other)[name]) for name, value in weights(one).items())


def test_validations_decide_the_best_checkpoint_the_end_and_the_model(order: Order, workspace: Workspace) -> None:
    recipe, job = order(
        val=questions(), epochs=40, learning_rate=0.3, evaluate_every=1, patience=2, result="best", keep=1
    )
    outcome = run(recipe, job)
    curve = dict(series(read_events(job.run.events_file)[0])["eval_loss"])
    lowest = min(curve, key=lambda step: curve[step])
    assert max(curve) == lowest + 2 < 40
    assert outcome.metrics["steps"] == max(curve)
    best = checkpoints.best(job.path)
    assert best is not None
    assert best.step == lowest
    assert best.metrics["eval_loss"] == curve[lowest]
    assert [item.step for item in checkpoints.found(job.path)] == [lowest, max(curve)]
    assert same(job.path / "model", best.model)
    assert not same(job.path / "model", checkpoints.at(job.path, max(curve)) / checkpoints.MODEL)

    named = references.resolve(workspace, "model", f"{job.run.id}:best")
    assert named.locate(workspace) == best.model
    assert (named.run, named.sha256) == (job.run.id, best.sha256)
    with pytest.raises(InputError, match=f"tiny:step-{lowest}, tiny:step-{max(curve)}, tiny:best"):
        references.resolve(workspace, "model", "tiny:step-9999")

    shutil.rmtree(job.path / "model")  # as if it had been killed while the model was written
    run(recipe, again(job.run, workspace))
    assert dict(series(read_events(job.run.events_file)[0])["eval_loss"]) == curve
    assert same(job.path / "model", best.model)


def test_checkpoints_come_by_the_clock_and_only_the_last_stay(order: Order) -> None:
    recipe, job = order(epochs=5, checkpoint_minutes=1e-9, keep=3)
    run(recipe, job)
    found = checkpoints.found(job.path)
    assert [(item.step, item.why) for item in found] == [(3, "due"), (4, "due"), (5, "end")]
    assert [item.resumable for item in found] == [False, False, True]
    assert all(item.metrics["loss"] > 0 for item in found)


def test_the_only_validation_tells_the_best(order: Order) -> None:
    recipe, job = order(val=questions(), epochs=3)
    outcome = run(recipe, job)
    best = checkpoints.best(job.path)
    assert best is not None
    assert (best.step, best.metrics["eval_loss"]) == (3, outcome.metrics["eval_loss"])


def test_what_no_validation_could_decide_is_refused(order: Order, workspace: Workspace) -> None:
    recipe, _ = order()
    recipe = recipe.model_copy(update={"patience": 2, "result": "best", "best_by": "eval_accuracy"})
    faults = faults_of(recipe, references.resolve_all(workspace, recipe))
    assert [fault.where for fault in faults] == ["best_by", "patience", "result"]
    assert "eval_loss" in faults[0].message.en
    assert "evaluate_every" in faults[1].message.en
