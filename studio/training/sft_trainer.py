"""TRL's trainer but for two figures: the learning rate of each step, and the validation loss."""

from __future__ import annotations

import math
from functools import partial
from typing import Any

import torch
from torch.optim.lr_scheduler import LambdaLR
from trl import SFTTrainer

from studio.models.chat_template import IGNORED


class StudioSFTTrainer(SFTTrainer):  # type: ignore[misc]  # TRL is not followed by mypy
    """Learns at `rate`'s share of the learning rate, and means its validation loss over tokens."""

    lr_scheduler: LambdaLR | None
    _nats: float = 0.0
    _tokens: int = 0

    def create_scheduler(self, num_training_steps: int, optimizer: torch.optim.Optimizer | None = None) -> LambdaLR:
        if self.lr_scheduler is None:
            warmup = self.args.get_warmup_steps(num_training_steps)
            share = partial(rate, warmup=warmup, steps=num_training_steps)
            self.lr_scheduler = LambdaLR(optimizer or self.optimizer, share)
            self._created_lr_scheduler = True
        return self.lr_scheduler

    def checkpoint(self) -> None:
        """Write a checkpoint at this very moment, as the loop does after a step."""
        self._save_checkpoint(self.model, trial=None)
        self.control: Any = self.callback_handler.on_save(self.args, self.state, self.control)

    def evaluation_loop(self, *args: Any, **kwargs: Any) -> Any:
        self._nats, self._tokens = 0.0, 0
        output = super().evaluation_loop(*args, **kwargs)
        # the loop means the batches' means, so that what it says would depend on which rows share a batch
        output.metrics["eval_loss"] = self._nats / max(1, self._tokens)
        return output

    def prediction_step(self, model: Any, inputs: Any, *args: Any, **kwargs: Any) -> Any:
        loss, logits, labels = super().prediction_step(model, inputs, *args, **kwargs)
        tokens = int((inputs["labels"][:, 1:] != IGNORED).sum())
        self._nats += loss.item() * tokens
        self._tokens += tokens
        return loss, logits, labels


def rate(step: int, warmup: int, steps: int) -> float:
    """Return the share of the learning rate that a step (0 is the first) learns at: a ramp, then half a cosine.

    No step learns at 0, as the first would on a ramp that begins there.
    """
    if step < warmup:
        return (step + 1) / (warmup + 1)
    return 0.5 * (1 + math.cos(math.pi * (step - warmup) / max(1, steps - warmup)))
