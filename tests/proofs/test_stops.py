"""Stop, SIGTERM and force at twenty moments each, of a training by itself and of one in a pipeline: `make proof-stops`.

Of the moments four are spread over the start (Python, libraries, encoding), thirteen over the training itself, inside
steps of sixteen batches and validations, and up to the end; at three a checkpoint is just being written.
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
from studio.core.files import SCRATCH
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

STARTING, TRAINING, WRITING = 4, 13, 3
MOMENTS = [
    *(("starting", number) for number in range(STARTING)),
    *(("training", number) for number in range(TRAINING)),
    *(("writing", number) for number in range(WRITING)),
]
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
    """An undisturbed run: the seconds until it trained and those that it trained, its curves and its weights."""

    starting: float
    training: float
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
    began = time.time()
    run = begin(here, "tiny")
    assert control.wait([run], 300)
    assert run.status() == "finished", run.log_file.read_text()
    trained, saving = (stage_time(run, name) for name in ("training", "saving"))
    assert trained is not None and saving is not None
    return Calm(trained - began, saving - trained, curve(run, "loss"), curve(run, "eval_loss"), weights(run))


def begin(workspace: Workspace, name: str) -> Run:
    text = (workspace.recipes / "tiny.yaml").read_text(encoding="utf-8") if name == "tiny" else PIPELINE
    return launch.start(workspace, check_whole(workspace, recipes.read(text, name)).recipe)


def curve(run: Run, metric: str) -> dict[int, float]:
    return dict(series(read_events(run.events_file)[0]).get(metric, []))


def stage_time(run: Run, name: str) -> float | None:
    """Return when a stage of a run began, in seconds since the epoch; None while it has not."""
    events = read_events(run.events_file)[0]
    return next((float(event["time"]) for event in events if event.get("name") == name), None)


def started(run: Run, what: str) -> Run | None:
    """Return the run that trains: the pipeline's step, once it is there."""
    return run if what == "tiny" else next(iter(run.children().values()), None)


def reach(run: Run, what: str, calm: Calm, moment: tuple[str, int], pace: float) -> bool:
    """Wait until a moment of a run has come; return whether it was still at work then.

    Args:
        pace: this run's seconds over those that were measured.
    """
    part, number = moment
    if part == "starting":
        time.sleep(pace * calm.starting * (number + 0.5) / STARTING)
        return run.active()
    while run.active():
        train = started(run, what)
        if train is not None and stage_time(train, "training") is not None:
            break
        time.sleep(0.01)
    else:
        return False
    if part == "training":
        time.sleep(pace * calm.training * (number + 0.5) / TRAINING)
        return run.active()
    step = 2 * (number + 1)
    while run.active() and not list(checkpoints.folder(train.path).glob(f".step-{step}.*")):
        time.sleep(0.0002)
    time.sleep(0.002 * number)
    return run.active()


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


def half_written(run: Run) -> int:
    """Return how many checkpoints an end left that are not whole."""
    return len(list(checkpoints.folder(run.path).glob(f".*{SCRATCH}/")))


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


@pytest.mark.parametrize("moment", MOMENTS, ids=lambda moment: f"{moment[0]}-{moment[1]}")
@pytest.mark.parametrize("end", [ask, terminate, force], ids=["stop", "sigterm", "force"])
@pytest.mark.parametrize("what", ["tiny", "pipeline"])
def test_an_end_at_any_moment_is_true_and_resumes_to_the_same(
    here: Workspace, calm: Calm, what: str, end: Callable[[Workspace, Run], str], moment: tuple[str, int]
) -> None:
    run, pace = begin(here, what), 1.0
    while not reach(run, what, calm, moment, pace):  # faster than when it was measured: nothing was tried yet
        run, pace = begin(here, what), pace * 0.9
    ended = time.monotonic()
    said = end(here, run)
    assert control.wait([run], 120)
    took = time.monotonic() - ended
    train = started(run, what) or run
    print(f"{what} {end.__name__} {moment[0]} {moment[1]}: {run.status()} after {took:.2f} s", end="; ")
    if train.status() == "finished":  # it was past all safe points: writing its model
        assert end is not force
        assert curve(train, "loss") == calm.losses
        print("finished")
        return
    assert run.status() == train.status() == "stopped"
    assert train is run or not train.active()
    progress = view(train).progress
    newest = checkpoints.newest(train.path)
    kept = newest.step if newest else 0
    print(f"{progress.done} {progress.unit} done, {kept} kept, {half_written(train)} half written")
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
