"""lora: small adapters learn, the weights stay as they are."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from studio.training.recipe import TrainRecipe

if TYPE_CHECKING:
    from transformers import PreTrainedModel


def prepare(folder: Path, recipe: TrainRecipe) -> PreTrainedModel:
    """Load the weights and put adapters on them."""
    from studio.models.load import load_causal
    from studio.training.adapters import attach

    return attach(load_causal(folder), recipe)
