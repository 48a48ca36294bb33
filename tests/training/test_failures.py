from __future__ import annotations

from pathlib import Path

import pytest
import torch

from studio.core.errors import StudioError, UnavailableError
from studio.core.text import Text
from studio.training import checkpoints
from studio.training.failures import explained

AGAIN = Text("run `resume`", "运行 `resume`")


def test_a_full_disk_is_named_and_its_torn_checkpoint_removed(tmp_path: Path) -> None:
    for step in (5, 10):
        checkpoints.at(tmp_path, step).mkdir(parents=True)
    checkpoints.seal(tmp_path, 5)
    with (
        pytest.raises(UnavailableError, match="the disk is full"),
        explained(tmp_path, AGAIN),
        Path("/dev/full").open("wb", 0) as full,
    ):
        full.write(b"weights")
    assert checkpoints.newest(tmp_path) == checkpoints.at(tmp_path, 5)
    assert not checkpoints.at(tmp_path, 10).exists()


def test_memory_that_runs_out_has_a_hint(tmp_path: Path) -> None:
    with pytest.raises(StudioError) as caught, explained(tmp_path, AGAIN):
        torch.empty(2**60, dtype=torch.uint8)
    assert "memory" in caught.value.message.en
    assert caught.value.hint is not None
    assert "batch_size" in caught.value.hint.en


def test_other_errors_keep_their_traceback(tmp_path: Path) -> None:
    with pytest.raises(RuntimeError, match="size"), explained(tmp_path, AGAIN):
        torch.ones(2) + torch.ones(3)
