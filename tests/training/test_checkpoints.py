"""Which checkpoints count, which stay, and which a training goes on from."""

from __future__ import annotations

import time
from pathlib import Path

import pytest

from studio.core import sealed
from studio.core.errors import InputError
from studio.core.files import sha256_tree
from studio.training import checkpoints, retention


def write(run: Path, step: int, best: bool = False, **metrics: float) -> None:
    with checkpoints.writing(run, step, "better" if best else "due", metrics, best) as folder:
        (folder / checkpoints.MODEL / "adapter_model.safetensors").write_bytes(b"weights" * step)
        (folder / checkpoints.OPTIMIZER).write_bytes(b"moments" * step)


def steps(run: Path) -> list[int]:
    return [item.step for item in checkpoints.found(run)]


def newest(run: Path) -> int | None:
    found = checkpoints.newest(run)
    return found.step if found else None


def test_a_checkpoint_says_what_it_is(tmp_path: Path) -> None:
    began = time.time()
    write(tmp_path, 100, best=True, loss=1.5, eval_loss=1.25)
    [item] = checkpoints.found(tmp_path)
    assert (item.name, item.step, item.why, item.best, item.resumable) == ("step-100", 100, "better", True, True)
    assert item.metrics == {"loss": 1.5, "eval_loss": 1.25}
    assert item.saved >= began - 1
    assert item.size == 1400
    assert item.sha256 == sha256_tree(item.model)
    assert checkpoints.find(tmp_path, "best") == checkpoints.find(tmp_path, "step-100") == item
    assert checkpoints.find(tmp_path, "step-7") is None


@pytest.mark.parametrize("name", ["optimizer.pt", "model/adapter_model.safetensors"])
def test_a_damaged_checkpoint_is_passed_over_for_the_one_before(tmp_path: Path, name: str) -> None:
    for step in (1, 2):
        write(tmp_path, step)
    file = checkpoints.at(tmp_path, 2) / name
    file.write_bytes(file.read_bytes()[:-1] + b"?")  # of the same length: only its content tells
    assert newest(tmp_path) == 1
    file.write_bytes(b"")
    assert steps(tmp_path) == [1]
    checkpoints.sweep(tmp_path)
    assert not checkpoints.at(tmp_path, 2).exists()


def test_the_last_the_best_the_kept_and_the_needed_stay(tmp_path: Path) -> None:
    for step in range(1, 9):
        write(tmp_path, step, best=step in (2, 4))
    checkpoints.keep(tmp_path, "step-3")
    retention.prune(tmp_path, 2, lambda path: path.name == "step-1")
    assert steps(tmp_path) == [1, 3, 4, 7, 8]
    assert checkpoints.best(tmp_path) == checkpoints.find(tmp_path, "step-4")
    checkpoints.release(tmp_path, "step-3")
    retention.prune(tmp_path, 1)
    assert steps(tmp_path) == [4, 8]
    with pytest.raises(InputError, match="there are: step-4, step-8"):
        checkpoints.keep(tmp_path, "step-3")


def test_a_finished_training_keeps_one_optimizer_or_none(tmp_path: Path) -> None:
    for step in (1, 2, 3):
        write(tmp_path, step)
    retention.finish(tmp_path, continues=True)
    assert [item.resumable for item in checkpoints.found(tmp_path)] == [False, False, True]
    retention.finish(tmp_path, continues=False)
    assert steps(tmp_path) == [1, 2, 3]
    assert newest(tmp_path) is None
    assert not list(tmp_path.rglob("optimizer.pt"))
    assert all(sealed.damage(item.path) == "" for item in checkpoints.found(tmp_path))


def test_going_back_loses_nothing_until_the_new_line_has_a_checkpoint(tmp_path: Path) -> None:
    for step in (10, 20, 30, 40):
        write(tmp_path, step)
    checkpoints.keep(tmp_path, "step-40")
    checkpoints.choose(tmp_path, 10)
    assert newest(tmp_path) == 10
    assert steps(tmp_path) == [10, 20, 30, 40]
    write(tmp_path, 15)
    retention.prune(tmp_path, 2)
    assert steps(tmp_path) == [10, 15, 40]
    assert checkpoints.chosen_step(tmp_path) is None


def test_what_is_kept_stays_kept_when_its_step_is_written_again(tmp_path: Path) -> None:
    write(tmp_path, 5)
    checkpoints.keep(tmp_path, "step-5")
    write(tmp_path, 5)
    assert checkpoints.found(tmp_path)[0].kept


def test_a_validation_that_came_late_is_noted(tmp_path: Path) -> None:
    write(tmp_path, 5, loss=2.0)
    checkpoints.note(checkpoints.found(tmp_path)[0], {"eval_loss": 1.0}, best=True)
    best = checkpoints.best(tmp_path)
    assert best is not None
    assert best.metrics == {"loss": 2.0, "eval_loss": 1.0}
    assert newest(tmp_path) == 5
