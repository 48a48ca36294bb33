"""full: every weight learns."""

from __future__ import annotations

from pathlib import Path

import torch
from transformers import PreTrainedModel

from studio.models.load import load_causal
from studio.training.recipe import TrainRecipe


def prepare(folder: Path, _recipe: TrainRecipe) -> PreTrainedModel:
    """Load the weights as float32: bfloat16 holds 8 bits, and would round a step of 1e-5 away."""
    return load_causal(folder, torch.float32)
