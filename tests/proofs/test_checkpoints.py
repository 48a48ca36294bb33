"""Checkpoints torn at every byte of their manifest, killed at every file, on a disk that fills; and what one costs:
`make proof-checkpoints`. The full disk is a file system in memory, which takes a user who may mount one."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import torch
from safetensors.torch import load_file

from studio.core import sealed
from studio.core.files import SCRATCH
from studio.core.workspace import Workspace
from studio.runs import control, launch
from studio.runs.directory import Run
from studio.runs.job import Job
from studio.runs.view import view
from studio.training import checkpoints, retention
from studio.training.kinds.train import run as train
from studio.training.recipe import TrainRecipe
from studio.training.saver import Saver
from tests.training.conftest import again, ordered, questions, write_dataset

pytestmark = pytest.mark.proof

FIELDS: dict[str, Any] = {
    "train": questions(4),
    "epochs": 1,
    "batch_size": 4,
    "dropout": 0.1,
    "checkpoint_every": 1,
    "keep": 9,
}
FILES = 13  # more than a checkpoint has: at the last it is sealed or moved
MINUTES = float(TrainRecipe.model_fields["checkpoint_minutes"].default)


def weights(folder: Path) -> dict[str, torch.Tensor]:
    return {name: value for file in (folder / "model").glob("*.safetensors") for name, value in load_file(file).items()}


def same(one: dict[str, torch.Tensor], other: dict[str, torch.Tensor]) -> bool:
    return one.keys() == other.keys() and all(torch.equal(value, other[name]) for name, value in one.items())


@pytest.fixture
def unfinished(workspace: Workspace, tiny_model: Path, monkeypatch: pytest.MonkeyPatch) -> tuple[TrainRecipe, Job]:
    """A training with four whole checkpoints, as if it had been killed while it wrote its model."""
    recipe, job = ordered(workspace, tiny_model, **FIELDS)
    with monkeypatch.context() as patch:
        patch.setattr(retention, "finish", lambda *_: None)
        train(recipe, job)
    assert [item.step for item in checkpoints.found(job.path)] == [1, 2, 3, 4]
    return recipe, job


def test_a_checkpoint_torn_anywhere_is_never_used(unfinished: tuple[TrainRecipe, Job], workspace: Workspace) -> None:
    recipe, job = unfinished
    last, whole = checkpoints.at(job.path, 4), weights(job.path)
    manifest = (last / sealed.MANIFEST).read_bytes()

    def used() -> int:
        newest = checkpoints.newest(job.path)
        return newest.step if newest else 0

    for length in range(len(manifest) - 1):
        (last / sealed.MANIFEST).write_bytes(manifest[:length])
        assert sealed.read(last) is None, f"cut after {length} bytes"
    assert used() == 3
    for place in range(len(manifest) - 1):
        changed = bytearray(manifest)
        changed[place] ^= 1
        (last / sealed.MANIFEST).write_bytes(changed)
        assert sealed.read(last) is None, f"byte {place} changed"
    assert used() == 3
    (last / sealed.MANIFEST).write_bytes(manifest)
    assert used() == 4
    harmed = 0
    for name in [path.relative_to(last) for path in last.rglob("*") if path.is_file() and path.name != sealed.MANIFEST]:
        content = (last / name).read_bytes()
        flipped = (
            content[: len(content) // 2] + bytes([content[len(content) // 2] ^ 1]) + content[len(content) // 2 + 1 :]
        )
        for other in (content[:-1], content[: len(content) // 2], b"", content + b"0", flipped):
            (last / name).write_bytes(other)
            assert used() == 3, name
            harmed += 1
        (last / name).unlink()
        assert used() == 3, name
        (last / name).write_bytes(content)
    assert used() == 4
    print(
        f"{len(manifest) - 1} cuts and as many changed bytes of the manifest, {harmed} harmed files: none was used",
        end="; ",
    )
    (last / sealed.MANIFEST).write_bytes(manifest[:-40])
    shutil.rmtree(job.path / "model")
    train(recipe, again(job.run, workspace))
    assert same(weights(job.path), whole)
    print("resumed from the one before to the same weights")


def recipe_over(model: Path, **fields: Any) -> TrainRecipe:
    values = {"name": "tiny", "model": str(model), "dataset": "facts", "batch_size": 4, "learning_rate": 1e-2, **fields}
    return TrainRecipe(**values)


def begin(workspace: Workspace, model: Path, **fields: Any) -> Run:
    return launch.start(workspace, recipe_over(model, **fields))


def finished(run: Run) -> dict[str, torch.Tensor]:
    assert control.wait([run], 600)
    assert run.status() == "finished", run.log_file.read_text()
    return weights(run.path)


@pytest.fixture(scope="module")
def here(tmp_path_factory: pytest.TempPathFactory) -> Workspace:
    workspace = Workspace(tmp_path_factory.mktemp("killed")).prepare()
    write_dataset(workspace.root / "facts", questions(4))
    return workspace


@pytest.fixture(scope="module")
def calm(here: Workspace, tiny_model: Path) -> dict[str, torch.Tensor]:
    return finished(begin(here, tiny_model, method="full", epochs=2, checkpoint_every=2))


def caught(run: Run, count: int) -> bool:
    """Wait until a checkpoint that is being written has so many files, or is there; return whether the run is at work."""
    place = checkpoints.folder(run.path)
    while run.active():
        files = [path for folder in place.glob(f".step-4.*{SCRATCH}") for path in folder.rglob("*") if path.is_file()]
        if len(files) > count or checkpoints.at(run.path, 4).exists():
            return run.result() is None
    return False


@pytest.mark.parametrize("count", range(FILES))
def test_a_kill_while_a_checkpoint_is_written_loses_nothing(
    here: Workspace, tiny_model: Path, calm: dict[str, torch.Tensor], count: int
) -> None:
    run = begin(here, tiny_model, method="full", epochs=2, checkpoint_every=2)
    while not caught(run, count):  # it was over before we looked: nothing was tried yet
        run = begin(here, tiny_model, method="full", epochs=2, checkpoint_every=2)
    process = run.process()
    assert process is not None
    os.kill(process.pid, signal.SIGKILL)
    assert control.wait([run], 60)
    place = checkpoints.folder(run.path)
    whole = [item.step for item in checkpoints.found(run.path)]
    assert whole, "the one before it is there"
    assert all(sealed.damage(item.path) == "" for item in checkpoints.found(run.path))
    half = len(list(place.glob(f".*{SCRATCH}/")))
    launch.resume(here, run)
    assert same(finished(run), calm)
    assert not list(run.path.rglob(f".*{SCRATCH}"))
    print(f"killed after file {count}: {whole} whole, {half} half written; resumed to the same weights")


@pytest.fixture
def disk(tmp_path: Path) -> Iterator[Path]:
    """A disk of 64 MB."""
    place = tmp_path / "disk"
    place.mkdir()
    subprocess.run(["mount", "-t", "tmpfs", "-o", "size=64m", "none", str(place)], check=True)
    yield place
    subprocess.run(["umount", str(place)], check=True)


def test_a_disk_that_fills_during_a_checkpoint_leaves_the_one_before(
    disk: Path, tiny_model: Path, calm: dict[str, torch.Tensor]
) -> None:
    workspace = Workspace(disk).prepare()
    write_dataset(workspace.root / "facts", questions(4))
    run = launch.prepare(workspace, recipe_over(tiny_model, method="full", epochs=2, checkpoint_every=2, keep=9))
    ballast = disk / "ballast"
    ballast.write_bytes(b"0" * (shutil.disk_usage(disk).free - 9_000_000))
    launch.submit(workspace, run)
    assert control.wait([run], 300)
    error = view(run).error
    assert run.status() == "failed"
    assert error is not None
    assert "the disk is full, a checkpoint or the model could not be written" in error["message"]
    kept = [item.step for item in checkpoints.found(run.path)]
    assert kept[0] == 2
    assert len(kept) < 4
    assert all(sealed.damage(item.path) == "" for item in checkpoints.found(run.path))
    assert not list(checkpoints.folder(run.path).glob(".*"))
    ballast.unlink()
    launch.resume(workspace, run)
    assert same(finished(run), calm)
    print(f"full at 9 MB: {kept} stayed, the error said so; with more room resumed to the same weights")


@pytest.mark.real
def test_a_checkpoint_costs_little_of_the_time_between_two(
    workspace: Workspace, smollm2: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    took: list[tuple[float, float]] = []
    write = Saver.__call__

    def timed(self: Saver, trainer: Any) -> None:
        began, used = time.perf_counter(), time.process_time()
        write(self, trainer)
        took.append((time.perf_counter() - began, time.process_time() - used))

    monkeypatch.setattr(Saver, "__call__", timed)
    for method in ("lora", "full"):
        recipe, job = ordered(workspace, smollm2, method=method, max_steps=1, learning_rate=1e-5)
        train(recipe, job)
        size = checkpoints.found(job.path)[0].size / 1e6
        seconds, computing = took[-1]
        share = seconds / (60 * MINUTES)
        print(
            f"{method}: {size:,.0f} MB in {seconds:.1f} s ({computing:.1f} s of computing), {share:.2%} of {MINUTES:g} minutes"
        )
        assert share < 0.03
