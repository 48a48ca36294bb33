"""What is removed is not missed: whoever still needs it is named before it goes."""

from __future__ import annotations

import subprocess
import sys
from functools import partial
from pathlib import Path

import pytest

from studio.core.errors import InputError
from studio.core.workspace import REPOSITORY, Workspace
from studio.data.recipe import DatasetRecipe
from studio.runs import removal
from studio.runs.directory import Run, Status
from studio.runs.exclusive import hold
from studio.runs.removal import needed_by, remove
from studio.runs.store import RunStore
from studio.training.recipe import TrainRecipe


@pytest.fixture
def dataset(workspace: Workspace, quick: DatasetRecipe) -> Run:
    run = RunStore(workspace).create(quick, {})
    run.write_result("finished", outputs={"dataset": "dataset"}, metrics={}, error=None)
    return run


def train(workspace: Workspace, name: str, dataset: str, model: str, status: Status | None) -> Run:
    """A training in a state, as its files would stand."""
    references = {
        "dataset": {"given": "d", "refers": "dataset", "path": dataset},
        "model": {"given": "m", "refers": "model", "path": model},
    }
    run = RunStore(workspace).create(TrainRecipe(name=name, dataset="d"), {"references": references})
    if status is not None:
        run.write_result(status, outputs={"model": "model"}, metrics={}, error=None)
    return run


def place(run: Run, output: str) -> str:
    return f"runs/{run.id}/{output}"


def test_whoever_could_not_go_on_is_named(workspace: Workspace, dataset: Run) -> None:
    remove_me = place(dataset, "dataset")
    train(workspace, "done", remove_me, "models/m", "finished")
    train(workspace, "halted", remove_me, "models/m", "stopped")
    train(workspace, "other", "runs/20260101-000000-dataset-quick/dataset", "models/m", "stopped")
    [need] = needed_by(workspace, dataset.id)
    assert need.words.en == "Training 'halted' could not be resumed without it"
    with pytest.raises(InputError, match="halted") as caught:
        remove(workspace, dataset)
    assert caught.value.hint is not None and "--anyway" in caught.value.hint.en
    assert dataset.path.exists()
    remove(workspace, dataset, [need.entry.id])
    assert not dataset.path.exists()


def test_what_is_at_work_loses_nothing_it_works_with(workspace: Workspace, dataset: Run) -> None:
    train(workspace, "waiting", place(dataset, "dataset"), "models/m", None)
    [need] = needed_by(workspace, dataset.id)
    for despite in ([], [need.entry.id]):
        with pytest.raises(InputError, match="is at work with it"):
            remove(workspace, dataset, despite)


def test_an_adapters_base_is_named(workspace: Workspace) -> None:
    base = train(workspace, "base", "uploads/d", "models/m", "finished")
    adapter = train(workspace, "adapter", "uploads/d", place(base, "model"), "finished")
    assert needed_by(workspace, base.id) == []
    (adapter.path / "model").mkdir()
    (adapter.path / "model" / "adapter_config.json").write_text("{}")
    [need] = needed_by(workspace, base.id)
    assert need.words.zh == "训练“adapter”是基于它的适配器"


@pytest.mark.parametrize("before", [True, False])
def test_the_command_names_them_and_takes_its_workspace_on_either_side(
    workspace: Workspace, dataset: Run, before: bool
) -> None:
    train(workspace, "halted", place(dataset, "dataset"), "models/m", "stopped")
    here, command = ["--workspace", str(workspace.root)], ["remove", dataset.id]
    studio = [str(Path(sys.executable).with_name("studio"))]
    arguments = [*studio, *here, *command] if before else [*studio, *command, *here]
    done = subprocess.run(arguments, capture_output=True, text=True, check=False, cwd=REPOSITORY)
    assert (done.returncode, "halted" in done.stderr) == (2, True), done.stderr
    done = subprocess.run([*arguments, "--anyway"], capture_output=True, text=True, check=False, cwd=REPOSITORY)
    assert (done.returncode, dataset.path.exists()) == (0, False), done.stderr


def test_nothing_is_removed_while_a_worker_holds_it(
    workspace: Workspace, dataset: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Somebody resumes it at this very moment."""
    monkeypatch.setattr(removal, "hold", partial(hold, wait_s=0.1))
    with hold(dataset.path), pytest.raises(InputError, match="is still"):
        remove(workspace, dataset)
    assert dataset.path.exists()
