"""The steps of a trainer, held to numbers and to the memory there is.

A batch that does not fit is learned in parts: the step begins anew with batches half as long and twice as many, and its rows
stay what they were. A loss or a gradient that is no number ends the training before it reaches the weights.
"""

from __future__ import annotations

import gc
import math
import random
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from itertools import islice
from typing import Any

import numpy as np
import torch

from studio.core.errors import StudioError
from studio.core.option import called
from studio.core.text import Text
from studio.training.failures import is_memory, no_memory
from studio.training.order import RowOrder
from studio.training.recipe import TrainRecipe

_MOST_NAMED = 16


class StepGuard:
    """Part of `studio.training.run_trainer.RunTrainer`."""

    args: Any
    state: Any
    accelerator: Any
    current_gradient_accumulation_steps: int
    parts: int = 1
    """Into how many a batch is cut to fit into memory."""
    order: RowOrder
    """In which the rows are learned, by their numbers."""
    ids: Sequence[str] = ()
    """Of the rows, by which they are named."""
    narrowed: Callable[[int, int], None] = lambda step, rows: None
    """Told of a step that did not fit, and of how many rows are learned at once from then on."""
    _batches: list[Any]
    _losses: list[torch.Tensor]
    _begin: RandomState | None = None

    def training_step(self, model: Any, inputs: Any, num_items_in_batch: Any = None) -> torch.Tensor:
        if self._begin is None:
            self._begin, self._batches, self._losses = RandomState.now(), [], []
        self._batches.append(inputs)
        if not self._fits(lambda: self._losses.append(self._learn(model, inputs, num_items_in_batch))):
            self._again(model, num_items_in_batch)
        return self._losses[-1]

    def _again(self, model: Any, items: Any) -> None:
        """Begin the step anew, in smaller parts until it fits.

        Raises:
            StudioError: a single row does not fit.
        """
        fits = False
        while not fits:
            if self.parts >= max(_rows(batch) for batch in self._batches):
                raise no_memory()
            self.parts *= 2
            gc.collect()
            if torch.cuda.is_available():
                torch.cuda.empty_cache()
            model.zero_grad()
            assert self._begin is not None
            self._begin.restore()
            self._losses.clear()
            fits = self._fits(lambda: self._losses.extend(self._learn(model, batch, items) for batch in self._batches))
        rows = max(1, self.args.per_device_train_batch_size // self.parts)
        self.narrowed(self.state.global_step + 1, rows)

    def _fits(self, learn: Callable[[], None]) -> bool:
        try:
            learn()
        except (RuntimeError, MemoryError) as error:
            if not is_memory(error):
                raise
            return False
        return True

    def _learn(self, model: Any, inputs: Any, items: Any) -> torch.Tensor:
        """Gather a batch's gradient, part by part, and return its loss."""
        parts = _cut(inputs, self.parts)
        self.current_gradient_accumulation_steps *= len(
            parts
        )  # counts where the loss is a mean and no sum over `items`
        try:
            losses = [super(StepGuard, self).training_step(model, part, items) for part in parts]  # type: ignore[misc]
        finally:
            self.current_gradient_accumulation_steps //= len(parts)
        return torch.stack(losses).sum()

    def _clip_grad_norm(self, model: Any) -> Any:
        norm = super()._clip_grad_norm(model)  # type: ignore[misc]  # the trainer's own
        step, losses, self._begin = self.state.global_step + 1, self._losses, None
        finite = torch.isfinite(torch.stack(losses)).tolist()
        if not all(finite):
            first = finite.index(False)
            raise _diverged(step, self.args.learning_rate, self._rows_of(first, 1), loss=True)
        scaled = getattr(self.accelerator, "scaler", None) is not None  # float16's scaler skips such steps by itself
        if not scaled and not math.isfinite(float(norm)):
            raise _diverged(step, self.args.learning_rate, self._rows_of(0, len(losses)), loss=False)
        return norm

    def _rows_of(self, batch: int, count: int) -> Sequence[str]:
        """Return the ids of the rows in some batches of the step under way."""
        size = self.args.per_device_train_batch_size
        begin = (self.state.global_step * self.args.gradient_accumulation_steps + batch) * size
        learned = islice(iter(self.order), begin, begin + count * size)
        return [self.ids[row] for row in learned] if self.ids else []


@dataclass(frozen=True)
class RandomState:
    """The state of every random generator that a step draws from."""

    python: Any
    numpy: Any
    torch: Any
    cuda: Any

    @classmethod
    def now(cls) -> RandomState:
        cuda = torch.cuda.get_rng_state_all() if torch.cuda.is_available() else None
        return cls(random.getstate(), np.random.get_state(), torch.get_rng_state(), cuda)

    def restore(self) -> None:
        """Draw again what was drawn since."""
        random.setstate(self.python)
        np.random.set_state(self.numpy)
        torch.set_rng_state(self.torch)
        if self.cuda is not None:
            torch.cuda.set_rng_state_all(self.cuda)


def _rows(batch: Any) -> int:
    """Return how many rows a batch has: the first dimension of what is in it."""
    return max(len(value) for value in batch.values() if isinstance(value, torch.Tensor) and value.dim())


def _cut(batch: Any, parts: int) -> list[Any]:
    """Return a batch in so many parts, or in as many as it has rows."""
    rows = _rows(batch)
    size = math.ceil(rows / min(parts, rows))

    def part(begin: int) -> dict[str, Any]:
        return {
            name: value[begin : begin + size] if isinstance(value, torch.Tensor) and value.dim() else value
            for name, value in batch.items()
        }

    return [part(begin) for begin in range(0, rows, size)] if size < rows else [batch]


def _diverged(step: int, learning_rate: float, rows: Sequence[str], loss: bool) -> StudioError:
    rate = called(TrainRecipe, "learning_rate")
    what = Text("the loss", "损失") if loss else Text("the gradient", "梯度")
    named = ", ".join(rows[:_MOST_NAMED]) + (", …" if len(rows) > _MOST_NAMED else "")
    batch = Text(f" (rows: {named})", f"（数据行：{named}）") if named else Text("", "")
    return StudioError(
        Text(
            f"the training fell apart at step {step}: {what.en} is no longer a number{batch.en}",
            f"训练在第 {step} 步发散：{what.zh}已不是有效数值{batch.zh}",
        ),
        Text(
            f"Lower {rate.en} (it is {learning_rate:g}; try {learning_rate / 5:g}) and start a new run; where it falls apart at "
            "the same rows again, look at them.",
            f"请调低{rate.zh}（现为 {learning_rate:g}，可试 {learning_rate / 5:g}），再重新开始；如果仍在这些行发散，请检查这些数据。",
        ),
    )
