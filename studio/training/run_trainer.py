"""What a run asks of every trainer: our order of rows, our learning rate, and a checkpoint at any moment."""

from __future__ import annotations

import math
from functools import partial
from typing import Any

import torch
from torch.optim.lr_scheduler import LambdaLR

from studio.training.order import RowOrder


class RunTrainer:
    """Put before one of TRL's trainers: `class Mine(RunTrainer, DPOTrainer)`."""

    args: Any
    model: Any
    state: Any
    control: Any
    optimizer: Any
    callback_handler: Any
    lr_scheduler: LambdaLR | None
    order: RowOrder
    """In which the rows are learned, epochs and all."""

    def _get_train_sampler(self, train_dataset: Any = None) -> RowOrder:
        return self.order

    def create_scheduler(self, num_training_steps: int, optimizer: torch.optim.Optimizer | None = None) -> LambdaLR:
        if self.lr_scheduler is None:
            warmup = self.args.get_warmup_steps(num_training_steps)
            share = partial(rate, warmup=warmup, steps=num_training_steps)
            self.lr_scheduler = LambdaLR(optimizer or self.optimizer, share)
            self._created_lr_scheduler = True
        return self.lr_scheduler

    def checkpoint(self) -> None:
        """Write a checkpoint at this very moment, as the loop does after a step."""
        self._save_checkpoint(self.model, trial=None)  # type: ignore[attr-defined]  # the trainer's own
        self.control = self.callback_handler.on_save(self.args, self.state, self.control)


def rate(step: int, warmup: int, steps: int) -> float:
    """Return the share of the learning rate that a step (0 is the first) learns at: a ramp, then half a cosine.

    No step learns at 0, as the first would on a ramp that begins there.
    """
    if step < warmup:
        return (step + 1) / (warmup + 1)
    return 0.5 * (1 + math.cos(math.pi * (step - warmup) / max(1, steps - warmup)))
