from __future__ import annotations

from pathlib import Path

import pytest
import torch

from studio.core.errors import StudioError, UnavailableError
from studio.training import checkpoints
from studio.training.failures import explained
from tests.training.conftest import Order


def test_a_full_disk_is_named_and_its_torn_checkpoint_removed(order: Order) -> None:
    _, job = order()
    for step in (5, 10):
        checkpoints.at(job.path, step).mkdir(parents=True)
    checkpoints.seal(job.path, 5)
    with (
        pytest.raises(UnavailableError, match="the disk is full"),
        explained(job),
        Path("/dev/full").open("wb", 0) as full,
    ):
        full.write(b"weights")
    assert checkpoints.newest(job.path) == checkpoints.at(job.path, 5)
    assert not checkpoints.at(job.path, 10).exists()


def test_memory_that_runs_out_has_a_hint(order: Order) -> None:
    _, job = order()
    with pytest.raises(StudioError) as caught, explained(job):
        torch.empty(2**60, dtype=torch.uint8)
    assert "memory" in caught.value.message.en
    assert caught.value.hint is not None
    assert "batch_size" in caught.value.hint.en


def test_other_errors_keep_their_traceback(order: Order) -> None:
    _, job = order()
    with pytest.raises(RuntimeError, match="size"), explained(job):
        torch.ones(2) + torch.ones(3)
