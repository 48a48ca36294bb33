"""Checkpoints under a run: only whole ones count, whatever a kill or a full disk left behind."""

from __future__ import annotations

import shutil
from pathlib import Path

FOLDER = "checkpoints"
_WHOLE = "whole"


def folder(run: Path) -> Path:
    """Return where a run keeps its checkpoints."""
    return run / FOLDER


def at(run: Path, step: int) -> Path:
    """Return the folder of a step's checkpoint, named as the trainer names it."""
    return folder(run) / f"checkpoint-{step}"


def seal(run: Path, step: int) -> None:
    """Mark a checkpoint as whole, once everything in it is written, without the pickle that nothing reads."""
    (at(run, step) / "training_args.bin").unlink(missing_ok=True)
    (at(run, step) / _WHOLE).touch()


def newest(run: Path) -> Path | None:
    """Return the newest whole checkpoint."""
    whole = [path for path in _all(run) if (path / _WHOLE).exists()]
    return max(whole, key=step_of, default=None)


def step_of(checkpoint: Path) -> int:
    """Return the optimizer step a checkpoint was taken after."""
    return int(checkpoint.name.rpartition("-")[2])


def sweep(run: Path) -> None:
    """Remove the checkpoints that are not whole."""
    for path in _all(run):
        if not (path / _WHOLE).exists():
            shutil.rmtree(path)


def _all(run: Path) -> list[Path]:
    return [path for path in folder(run).glob("checkpoint-*") if path.name.rpartition("-")[2].isdigit()]
