"""What a run asks of every trainer: our order of rows and learning rate, and checkpoints at any moment."""

from __future__ import annotations

import math
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any

import torch
from torch.optim.lr_scheduler import LambdaLR

from studio.training.checkpoints import MODEL, Checkpoint
from studio.training.order import RowOrder
from studio.training.step_guard import StepGuard


class RunTrainer(StepGuard):
    """Put before one of TRL's trainers: `class Mine(RunTrainer, DPOTrainer)`."""

    model: Any
    control: Any
    optimizer: Any
    callback_handler: Any
    lr_scheduler: LambdaLR | None
    order: RowOrder
    """In which the rows are learned, epochs and all."""
    began: int = 0
    """The step of another training that this one goes on from."""
    write: Callable[[Any], None] = lambda trainer: None
    """Writes a checkpoint of a trainer (`studio.training.saver.Saver`)."""

    def _get_train_sampler(self, train_dataset: Any = None) -> RowOrder:
        return self.order

    def create_scheduler(self, num_training_steps: int, optimizer: torch.optim.Optimizer | None = None) -> LambdaLR:
        if self.lr_scheduler is None:
            warmup = self.args.get_warmup_steps(num_training_steps)
            share = partial(rate, warmup=warmup, steps=num_training_steps - self.began, began=self.began)
            self.lr_scheduler = LambdaLR(optimizer or self.optimizer, share)
            self._created_lr_scheduler = True
        return self.lr_scheduler

    def checkpoint(self) -> None:
        """Write a checkpoint at this very moment, as the loop does after a step."""
        self._save_checkpoint(self.model, trial=None)
        self.control = self.callback_handler.on_save(self.args, self.state, self.control)

    def _save_checkpoint(self, model: Any, trial: Any) -> None:
        self.write(self)

    def restore(self, checkpoint: Checkpoint) -> None:
        """Take the weights of a checkpoint for the model's."""
        self._load_from_checkpoint(str(checkpoint.path))

    def save_state(self, folder: Path) -> None:
        """Write what a training goes on with beside its model."""
        self.store_flos()  # type: ignore[attr-defined]  # the trainer's own, as those below
        self._save_optimizer_and_scheduler(str(folder))  # type: ignore[attr-defined]
        self._save_scaler(str(folder))  # type: ignore[attr-defined]
        self._save_rng_state(str(folder))  # type: ignore[attr-defined]
        self.state.save_to_json(str(folder / "trainer_state.json"))

    def _load_from_checkpoint(self, resume_from_checkpoint: str, model: Any = None) -> None:
        inside = Path(resume_from_checkpoint) / MODEL
        super()._load_from_checkpoint(str(inside), model)  # type: ignore[misc]  # the trainer's own

    def _load_optimizer_and_scheduler(self, checkpoint: str | None) -> None:
        own = [group["initial_lr"] for group in self.optimizer.param_groups]
        super()._load_optimizer_and_scheduler(checkpoint)  # type: ignore[misc]  # the trainer's own
        if checkpoint is None or not self.began or self.state.global_step != self.began:
            return
        # The moments are gone on with; the rate is this training's own.
        assert self.lr_scheduler is not None
        now = [peak * share(self.began) for peak, share in zip(own, self.lr_scheduler.lr_lambdas, strict=True)]
        for group, peak, rate_ in zip(self.optimizer.param_groups, own, now, strict=True):
            group["initial_lr"], group["lr"] = peak, rate_
        self.lr_scheduler.base_lrs, self.lr_scheduler._last_lr = own, now  # the latter is what is logged


def rate(step: int, warmup: int, steps: int, began: int = 0) -> float:
    """Return the share of the learning rate that a step (0 is the first) learns at: a ramp, then half a cosine.

    No step learns at 0, as the first would on a ramp that begins there.

    Args:
        warmup: steps of the ramp.
        steps: of the whole course.
        began: the step at which the course begins.
    """
    step = max(0, step - began)
    if step < warmup:
        return (step + 1) / (warmup + 1)
    return 0.5 * (1 + math.cos(math.pi * (step - warmup) / max(1, steps - warmup)))
