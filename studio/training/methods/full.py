"""full: every weight learns."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from studio.core.choice import Options
from studio.core.text import Text
from studio.training.methods.base import Method

if TYPE_CHECKING:
    from transformers import PreTrainedModel

    from studio.models.facts import ModelFacts
    from studio.training.recipe import TrainRecipe


def prepare(folder: Path, _recipe: TrainRecipe, _options: Options) -> PreTrainedModel:
    """Load the weights as float32: bfloat16 holds 8 bits, and would round a step of 1e-5 away."""
    import torch

    from studio.models.load import load_causal

    return load_causal(folder, torch.float32)


def _all(facts: ModelFacts, _options: Options) -> int:
    return facts.parameters


METHOD = Method(
    Text("Full", "全参数"), Text("Trains every weight.", "训练全部参数。"), prepare, learns=_all, highest_rate=5e-5
)
