"""lora: small adapters learn, the weights stay as they are."""

from __future__ import annotations

from pathlib import Path

from transformers import PreTrainedModel

from studio.models.load import load_causal
from studio.training.adapters import attach
from studio.training.recipe import TrainRecipe


def prepare(folder: Path, recipe: TrainRecipe) -> PreTrainedModel:
    """Load the weights and put adapters on them."""
    return attach(load_causal(folder), recipe)
