"""How many optimizer steps a training takes."""

from __future__ import annotations

import math

from studio.training.recipe import TrainRecipe


def total_steps(recipe: TrainRecipe, rows: int) -> int:
    """Return how many optimizer steps a training takes: its epochs, or `max_steps` where that comes first."""
    steps = math.ceil(max(1, round(recipe.epochs * rows)) / step_rows(recipe))
    return min(steps, recipe.max_steps or steps)


def step_rows(recipe: TrainRecipe) -> int:
    """Return how many rows one optimizer step learns from."""
    return recipe.batch_size * recipe.accumulate
