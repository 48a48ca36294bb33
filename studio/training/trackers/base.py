"""What a tracker is."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from contextlib import AbstractContextManager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from studio.core.choice import Options
from studio.core.text import Text

if TYPE_CHECKING:
    from studio.training.recipe import TrainRecipe

Track = Callable[[int, Mapping[str, float]], None]
"""`track(step, values)` takes what was measured at an optimizer step."""


@dataclass(frozen=True)
class Tracker:
    """Somewhere that figures go while a training runs.

    Args:
        title: what the form calls it.
        help: where the figures go, in a sentence.
        open: `open(recipe, folder, options)` gives, for the length of a block, what takes the figures; `folder` is the
            run's. A resumed training opens it again. Raises UnavailableError where it cannot be reached, before any
            step is done; once open it must not fail: a training is worth more than its figures elsewhere. Libraries
            are imported inside.
        options: the schema of its own options.
    """

    title: Text
    help: Text
    open: Callable[[TrainRecipe, Path, Any], AbstractContextManager[Track]]
    options: type[Options] = Options
