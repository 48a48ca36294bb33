"""full: every weight learns."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from studio.training.recipe import TrainRecipe

if TYPE_CHECKING:
    from transformers import PreTrainedModel


def prepare(folder: Path, _recipe: TrainRecipe) -> PreTrainedModel:
    """Load the weights as float32: bfloat16 holds 8 bits, and would round a step of 1e-5 away."""
    import torch

    from studio.models.load import load_causal

    return load_causal(folder, torch.float32)
