"""Which checkpoints stay: the last few, the best, those that somebody keeps, and those that a run still needs."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from studio.training import checkpoints

Spared = Callable[[Path], bool]
"""Tells whether something needs a checkpoint's folder."""


def nobody(path: Path) -> bool:
    """Tell that nothing needs it."""
    return False


def prune(run: Path, keep: int, spared: Spared = nobody) -> None:
    """Remove the checkpoints that need not stay.

    Where the training went back to an earlier one and has written its own since, what it left behind goes as well.

    Args:
        run: the folder that holds the checkpoints.
        keep: how many of the last stay.
        spared: tells which stay beside them, the best and those that somebody keeps.
    """
    found = checkpoints.found(run)
    best, chosen = checkpoints.best(run), checkpoints.chosen_step(run)
    written = max(found, key=lambda item: item.saved, default=None)
    left = set()
    if chosen is not None and written is not None:
        left = {item.path for item in found if item.step > chosen and item.path != written.path}
        checkpoints.settle(run)
    line = [item for item in found if item.path not in left]
    stay = {item.path for item in (*line[-keep:], *([best] if best else []))} - left
    for item in found:
        if item.path not in stay and not item.kept and not spared(item.path):
            checkpoints.remove(item)


def finish(run: Path, continues: bool) -> None:
    """Leave models of a finished training's checkpoints: nothing resumes it.

    Args:
        continues: whether the optimizer of the last step stays, by which another training can go on from it.
    """
    resumable = [item for item in checkpoints.found(run) if item.resumable]
    for item in resumable[:-1] if continues else resumable:
        checkpoints.drop_optimizer(item)
