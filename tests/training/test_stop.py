"""Stopping a training at every kind of moment: what is resumed ends as if nobody had stopped it, to the last bit."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import torch
from safetensors.torch import load_file
from transformers import TrainerCallback

from studio.core.reporter import STOPPING, Stopped
from studio.core.workspace import Workspace
from studio.runs.events import read_events
from studio.runs.job import Job
from studio.runs.view import series, view
from studio.training import checkpoints, steps, trainer
from studio.training.kinds.train import run as train
from studio.training.recipe import TrainRecipe
from tests.training.conftest import Order, again, questions

FIELDS: dict[str, Any] = {"train": questions(6), "epochs": 2, "batch_size": 1, "accumulate": 8, "dropout": 0.1}
STEPS = 6

Ask = Callable[[Job], None]


def user(job: Job) -> None:
    """Ask as a person does."""
    job.run.ask_stop()


def machine(job: Job) -> None:
    """Ask as SIGTERM does."""
    job.termination.received = True
    job.run.ask_stop()


class At(TrainerCallback):  # type: ignore[misc]  # transformers is not followed by mypy
    """Does something at the n-th call of one of the trainer's hooks, after the studio's own callback."""

    def __init__(self, hook: str, count: int, do: Callable[[], None]) -> None:
        self._hook, self._left, self._do = hook, count, do

    def _count(self, hook: str) -> None:
        if hook == self._hook:
            self._left -= 1
            if self._left == 0:
                self._do()

    def on_step_begin(self, *args: Any, **kwargs: Any) -> None:
        self._count("step_begin")

    def on_substep_end(self, *args: Any, **kwargs: Any) -> None:
        self._count("substep_end")

    def on_step_end(self, *args: Any, **kwargs: Any) -> None:
        self._count("step_end")

    def on_prediction_step(self, *args: Any, **kwargs: Any) -> None:
        self._count("prediction_step")

    def on_save(self, *args: Any, **kwargs: Any) -> None:
        self._count("save")


@pytest.fixture
def stopped(workspace: Workspace, monkeypatch: pytest.MonkeyPatch) -> Callable[[TrainRecipe, Job, str, int, Ask], Job]:
    """Train until a hook's n-th call asks for a stop; return the job that resumes it."""

    def run(recipe: TrainRecipe, job: Job, hook: str, count: int, ask: Ask) -> Job:
        build = trainer.build

        def watched(*args: Any, **kwargs: Any) -> Any:
            made = build(*args, **kwargs)
            made.add_callback(At(hook, count, lambda: ask(job)))
            return made

        with monkeypatch.context() as patch:
            patch.setattr(trainer, "build", watched)
            with pytest.raises(Stopped):
                train(recipe, job)
        job.run.stop_file.unlink()
        return again(job.run, workspace)

    return run


def weights(job: Job) -> dict[str, torch.Tensor]:
    return dict(load_file(job.path / "model" / "adapter_model.safetensors"))


def losses(job: Job) -> dict[int, float]:
    return dict(series(read_events(job.run.events_file)[0])["loss"])


@pytest.fixture
def undisturbed(order: Order) -> Job:
    recipe, job = order(**FIELDS)
    train(recipe, job)
    return job


@pytest.mark.parametrize(
    ("ask", "hook", "count", "kept"),
    [
        (user, "substep_end", 17, 3),  # in the third step: it is finished
        (user, "step_end", 2, 3),  # too late for the second: the third is finished
        (machine, "substep_end", 17, 2),  # in the third step: it is given up
        (machine, "substep_end", 3, 0),  # in the first: there is nothing to keep
        (machine, "step_begin", 5, 4),
        (machine, "save", 1, 4),  # the checkpoint of step 4 is just written: it is not written again
    ],
)
def test_a_stop_inside_a_step_loses_at_most_that_step(
    order: Order, undisturbed: Job, stopped: Callable[..., Job], ask: Ask, hook: str, count: int, kept: int
) -> None:
    recipe, job = order(**FIELDS, checkpoint_every=4)
    resumed = stopped(recipe, job, hook, count, ask)
    newest = checkpoints.newest(job.path)
    assert (newest.step if newest else 0) == kept
    assert not checkpoints.at(job.path, 0).exists()
    assert (view(job.run).progress.saved or 0) == kept
    assert [event["name"] for event in read_events(job.run.events_file)[0] if event["type"] == "stage"][-1] == STOPPING
    train(recipe, resumed)
    assert losses(resumed) == losses(undisturbed)
    assert list(losses(resumed)) == list(range(1, STEPS + 1))
    assert all(torch.equal(value, weights(undisturbed)[name]) for name, value in weights(resumed).items())


@pytest.mark.parametrize("ask", [user, machine])
@pytest.mark.parametrize(
    ("every", "count", "kept"),
    [
        (2, 2, 2),  # in the validation after step 2
        (3, 6, STEPS),  # in the one after the last step, which is due
        (4, 6, STEPS),  # in the one after the last step, which ends a training whatever is due
    ],
)
def test_a_stop_while_validating_keeps_the_steps_and_validates_again(
    order: Order, stopped: Callable[..., Job], ask: Ask, every: int, count: int, kept: int
) -> None:
    fields = {**FIELDS, "val": questions(), "evaluate_every": every, "checkpoint_every": 1000}
    recipe, calm = order(**fields)
    outcome = train(recipe, calm)
    recipe, job = order(**fields)
    resumed = stopped(recipe, job, "prediction_step", count, ask)
    newest = checkpoints.newest(job.path)
    assert newest is not None and newest.step == kept
    again_ = train(recipe, resumed)
    assert again_.metrics["eval_loss"] == outcome.metrics["eval_loss"]
    assert again_.metrics["train_loss"] == outcome.metrics["train_loss"]
    measured = dict(series(read_events(job.run.events_file)[0])["eval_loss"])
    assert measured == dict(series(read_events(calm.run.events_file)[0])["eval_loss"])


def test_a_machine_that_leaves_after_the_last_step_does_not_write_the_model(order: Order, workspace: Workspace) -> None:
    recipe, job = order(**FIELDS)
    train(recipe, job)
    last = weights(job)
    (job.path / "model" / "adapter_model.safetensors").unlink()
    job.termination.received = True
    with pytest.raises(Stopped):
        train(recipe, job)
    train(recipe, again(job.run, workspace))
    assert all(torch.equal(value, last[name]) for name, value in weights(job).items())


def test_encoding_many_rows_is_left_at_once(order: Order, monkeypatch: pytest.MonkeyPatch) -> None:
    recipe, job = order(train=questions(100))
    job.run.ask_stop()
    seen: list[Path] = []
    monkeypatch.setattr(steps, "total_steps", lambda *_: seen.append(job.path))
    with pytest.raises(Stopped):
        train(recipe, job)
    assert seen == []
