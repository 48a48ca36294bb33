"""Stop, SIGTERM and force at twenty moments each, of a training by itself and of one in a pipeline: `make proof-stops`.

The moments are spread evenly over the length of an undisturbed run, from the start of Python to the writing of the
model: they fall on encoding, inside steps of sixteen batches, on validations and on the writing of checkpoints.
"""

from __future__ import annotations

import os
import signal
import time
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

import pytest
import torch
from safetensors.torch import load_file

from studio.core import recipe as recipes
from studio.core.errors import InputError
from studio.core.workspace import Workspace
from studio.runs import control, launch
from studio.runs.directory import Run
from studio.runs.events import read_events
from studio.runs.recipes import check_whole
from studio.runs.store import RunStore
from studio.runs.view import series, view
from studio.training import checkpoints
from tests.training.conftest import questions, write_dataset

pytestmark = pytest.mark.proof

MOMENTS = 20
STEPS = 8
TRAIN = """\
kind: train
name: tiny
model: {model}
dataset: facts
batch_size: 1
accumulate: 16
epochs: 8
rank: 4
dropout: 0.1
learning_rate: 0.01
evaluate_every: 3
checkpoint_every: 2
"""
PIPELINE = "kind: pipeline\nname: all\nfresh: true\nsteps: [{recipe: recipes/tiny.yaml}]\n"


@dataclass(frozen=True)
class Calm:
    """An undisturbed run: its seconds from start to end, its curve and its weights."""

    seconds: float
    losses: dict[int, float]
    validation: dict[int, float]
    weights: dict[str, torch.Tensor]


@pytest.fixture(scope="module")
def here(tmp_path_factory: pytest.TempPathFactory, tiny_model: Path) -> Workspace:
    workspace = Workspace(tmp_path_factory.mktemp("stops")).prepare()
    write_dataset(workspace.root / "facts", questions(4), questions())
    (workspace.recipes / "tiny.yaml").write_text(TRAIN.format(model=tiny_model), encoding="utf-8")
    return workspace


@pytest.fixture(scope="module")
def calm(here: Workspace) -> Calm:
    began = time.monotonic()
    run = begin(here, "tiny")
    assert control.wait([run], 300)
    assert run.status() == "finished", run.log_file.read_text()
    return Calm(time.monotonic() - began, curve(run, "loss"), curve(run, "eval_loss"), weights(run))


def begin(workspace: Workspace, name: str) -> Run:
    text = (workspace.recipes / "tiny.yaml").read_text(encoding="utf-8") if name == "tiny" else PIPELINE
    return launch.start(workspace, check_whole(workspace, recipes.read(text, name)).recipe)


def curve(run: Run, metric: str) -> dict[int, float]:
    return dict(series(read_events(run.events_file)[0]).get(metric, []))


def weights(run: Run) -> dict[str, torch.Tensor]:
    return dict(load_file(run.path / "model" / "adapter_model.safetensors"))


def ask(_: Workspace, run: Run) -> str:
    control.ask(run)
    return ""


def terminate(_: Workspace, run: Run) -> str:
    process = run.process()
    assert process is not None
    os.kill(process.pid, signal.SIGTERM)
    return ""


def force(workspace: Workspace, run: Run) -> str:
    return control.force(workspace, run).en


def told(done: int, kept: int) -> str:
    """Return how what force says begins, of so many steps done and kept."""
    if done == kept:
        return "nothing"
    return f"steps lost: {done - kept}; a resumed run goes on after {kept} of {STEPS}" if kept else "all that was done"


@pytest.fixture(autouse=True)
def one_by_one(here: Workspace) -> Iterator[None]:
    """Leave nothing at work behind."""
    yield
    for run in RunStore(here).all():
        with suppress(InputError):
            control.force(here, run)


@pytest.mark.parametrize("moment", range(MOMENTS))
@pytest.mark.parametrize("end", [ask, terminate, force], ids=["stop", "sigterm", "force"])
@pytest.mark.parametrize("what", ["tiny", "pipeline"])
def test_an_end_at_any_moment_is_true_and_resumes_to_the_same(
    here: Workspace, calm: Calm, what: str, end: Callable[[Workspace, Run], str], moment: int
) -> None:
    wait_s = calm.seconds * (moment + 0.5) / MOMENTS
    run = begin(here, what)
    time.sleep(wait_s)
    while not run.active():  # faster this time than when it was measured: nothing was tried yet
        wait_s *= 0.95
        run = begin(here, what)
        time.sleep(wait_s)
    ended = time.monotonic()
    said = end(here, run)
    assert control.wait([run], 120)
    took = time.monotonic() - ended
    train = run if what == "tiny" else next(iter(run.children().values()), run)
    print(f"{what} {end.__name__} at moment {moment}: {run.status()} after {took:.2f} s", end="; ")
    if train.status() == "finished":  # it was past all safe points: writing its model
        assert end is not force
        assert curve(train, "loss") == calm.losses
        print("finished")
        return
    assert run.status() == train.status() == "stopped"
    assert train is run or not train.active()
    progress = view(train).progress
    newest = checkpoints.newest(train.path)
    kept = checkpoints.step_of(newest) if newest else 0
    print(f"{progress.done} {progress.unit} done, {kept} kept")
    assert kept == (progress.saved or 0)
    if end is force:
        assert progress.unit != "steps" or said.startswith(told(progress.done, kept))
    else:
        assert progress.done - kept <= 1
    launch.resume(here, run)
    assert control.wait([run], 300)
    assert run.status() == "finished", run.log_file.read_text()
    if what == "pipeline":
        [train] = set(run.children().values())
    assert curve(train, "loss") == calm.losses
    assert curve(train, "eval_loss") == calm.validation
    assert all(torch.equal(value, calm.weights[name]) for name, value in weights(train).items())
