"""What a training's validations say: whether the last was the best, and for how many none was."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal

Better = Literal["lower", "higher"]


@dataclass(frozen=True)
class Judge:
    """By what a validation is better than another.

    Args:
        metric: as the trainer logs it: `eval_loss`.
        better: whether a lower or a higher value is.
        patience: after how many validations that were no better the training ends; None: never.
    """

    metric: str = "eval_loss"
    better: Better = "lower"
    patience: int | None = None

    def improved(self, history: Iterable[Mapping[str, Any]]) -> bool:
        """Tell whether the last validation is better than all before it; one that is no number is better than none.

        Args:
            history: what the trainer has logged, in order.
        """
        return self._idle(history) == 0

    def exhausted(self, history: Iterable[Mapping[str, Any]]) -> bool:
        """Tell whether the patience is over."""
        return self.patience is not None and self._idle(history) >= self.patience

    def _idle(self, history: Iterable[Mapping[str, Any]]) -> int:
        """Return how many validations came after the best one; -1 before the first."""
        sign = 1 if self.better == "lower" else -1
        values: Sequence[float] = [sign * float(entry[self.metric]) for entry in history if self.metric in entry]
        numbers = [value for value in values if not math.isnan(value)]
        if not numbers:
            return len(values) or -1
        return len(values) - 1 - values.index(min(numbers))
