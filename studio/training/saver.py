"""Writing a training's checkpoints, each as a model that can be used and as a state that can be gone on from."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from transformers import TrainerState

from studio.training import checkpoints, output
from studio.training.output import Origin


@dataclass(frozen=True)
class Saved:
    """What is said of a checkpoint that is about to be written.

    Args:
        why: one of `checkpoints.REASONS`.
        metrics: what was measured at its step.
        best: whether its validation was the best so far.
    """

    why: str
    metrics: Mapping[str, float]
    best: bool


@dataclass(frozen=True)
class Saver:
    """Writes the checkpoints of a training.

    Args:
        run: the folder that holds them.
        origin: what the model comes from.
        about: says what there is to say of one.
    """

    run: Path
    origin: Origin
    about: Callable[[TrainerState], Saved]

    def __call__(self, trainer: Any) -> None:
        """Write a checkpoint of a `RunTrainer` as it stands; one that is there for its step is replaced."""
        said, step = self.about(trainer.state), trainer.state.global_step
        with checkpoints.writing(self.run, step, said.why, said.metrics, said.best, trainer.parts) as folder:
            output.fill(trainer.model, self.origin, folder / checkpoints.MODEL)
            trainer.save_state(folder)
