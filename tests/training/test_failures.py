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
    with checkpoints.writing(tmp_path, 5, "due", {}) as folder:
        (folder / checkpoints.OPTIMIZER).write_bytes(b"moments")
    with (
        pytest.raises(UnavailableError, match="the disk is full"),
        explained(tmp_path, AGAIN),
        checkpoints.writing(tmp_path, 10, "due", {}),
        Path("/dev/full").open("wb", 0) as full,
    ):
        full.write(b"weights")
    newest = checkpoints.newest(tmp_path)
    assert newest is not None
    assert newest.step == 5
    assert [path.name for path in checkpoints.folder(tmp_path).iterdir()] == ["step-5"]


def test_memory_that_runs_out_has_a_hint(tmp_path: Path) -> None:
    with pytest.raises(StudioError) as caught, explained(tmp_path, AGAIN):
        torch.empty(2**60, dtype=torch.uint8)
    assert "memory" in caught.value.message.en
    assert caught.value.hint is not None
    assert "save_memory" in caught.value.hint.en


def test_other_errors_keep_their_traceback(tmp_path: Path) -> None:
    with pytest.raises(RuntimeError, match="size"), explained(tmp_path, AGAIN):
        torch.ones(2) + torch.ones(3)
