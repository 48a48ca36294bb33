"""A finished training goes on for more epochs, or on other rows: with its weights and optimizer, and a rate of its own."""

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
from studio.runs.job import Job
from studio.runs.recipes import faults_of
from studio.runs.removal import is_needed, remove
from studio.runs.view import series, view
from studio.training import checkpoints
from studio.training.kinds.train import run
from studio.training.recipe import TrainRecipe
from studio.training.run_trainer import rate
from tests.training.conftest import Order, again, questions


def course(job: Job, metric: str) -> dict[int, float]:
    return dict(series(read_events(job.run.events_file)[0])[metric])


def finish(recipe: TrainRecipe, job: Job) -> None:
    outcome = run(recipe, job)
    job.run.write_result("finished", outputs=outcome.outputs, metrics=outcome.metrics, sha256={}, error=None)


def moments(checkpoint: Path) -> int:
    """How many steps an optimizer has taken, by its own account."""
    state = torch.load(checkpoint / checkpoints.OPTIMIZER, weights_only=True)["state"]
    return int(next(iter(state.values()))["step"])


def weights(job: Job) -> dict[str, torch.Tensor]:
    return dict(load_file(job.path / "model" / "adapter_model.safetensors"))


def test_a_finished_training_goes_on_where_it_ended(order: Order, workspace: Workspace) -> None:
    recipe, first = order(epochs=3, train=questions(2))
    finish(recipe, first)
    recipe, job = order(epochs=2, train=questions(2), continues="tiny", learning_rate=2e-3, warmup=0.0)
    assert job.references["continues"].run == first.run.id
    run(recipe, job)
    assert list(course(job, "loss")) == [7, 8, 9, 10]
    assert course(job, "loss")[7] < course(first, "loss")[1]
    assert list(course(job, "learning_rate").values()) == pytest.approx(
        [2e-3 * rate(step, 0, 4) for step in range(4)], rel=1e-3
    )
    assert moments(checkpoints.at(job.path, 10)) == 10
    assert "Going on from step 6" in view(job.run).notices[0].en

    # resumed on its way, it ends the same
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("studio.training.retention.finish", lambda *_: None)  # its optimizers stay
        shutil.rmtree(checkpoints.folder(job.path))
        run(recipe.model_copy(update={"checkpoint_every": 1, "keep": 9}), job)
    for step in (9, 10):
        shutil.rmtree(checkpoints.at(job.path, step))
    whole = weights(job)
    run(recipe, again(job.run, workspace))
    assert list(course(job, "learning_rate").values())[-1] == pytest.approx(2e-3 * rate(3, 0, 4), rel=1e-3)
    assert all(torch.equal(value, whole[name]) for name, value in weights(job).items())


def test_it_goes_on_with_other_rows_and_from_an_earlier_checkpoint(order: Order, workspace: Workspace) -> None:
    recipe, first = order(epochs=2, checkpoint_every=1)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("studio.training.retention.finish", lambda *_: None)  # its optimizers stay
        finish(recipe, first)
    recipe, job = order(epochs=1, train=questions(3), continues="tiny:step-1")
    assert is_needed(workspace, checkpoints.at(first.path, 1))
    assert not is_needed(workspace, checkpoints.at(first.path, 2))
    with pytest.raises(InputError, match="is at work with it"):
        remove(workspace, first.run)
    run(recipe, job)
    assert list(course(job, "loss")) == [2, 3, 4]


def test_what_cannot_be_continued_is_refused(order: Order, workspace: Workspace, tiny_model: Path) -> None:
    recipe, first = order(epochs=1, keep_optimizer=False)
    finish(recipe, first)
    other = recipe.model_copy(update={"continues": "tiny", "method": recipe.method.__class__("full")})
    faults = faults_of(other, references.resolve_all(workspace, other))
    assert [fault.where for fault in faults] == ["continues", "method"]
    assert "keep_optimizer" in faults[0].message.en
    assert '"rank": 4' in faults[1].message.en
    elsewhere = recipe.model_copy(update={"continues": str(tiny_model)})
    assert [fault.where for fault in faults_of(elsewhere, references.resolve_all(workspace, elsewhere))] == [
        "continues"
    ]
    recipe, job = order(continues="tiny")
    with pytest.raises(InputError, match="optimizer"):
        run(recipe, job)
