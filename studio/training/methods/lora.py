"""lora: small adapters learn, the weights stay as they are."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from studio.core.text import Text
from studio.training.methods.base import AdapterOptions, Method, adapters_learn

if TYPE_CHECKING:
    from transformers import PreTrainedModel

    from studio.training.recipe import TrainRecipe


def prepare(folder: Path, _recipe: TrainRecipe, options: AdapterOptions) -> PreTrainedModel:
    """Load the weights and put adapters on them."""
    from studio.models.facts import facts_of
    from studio.models.load import load_causal
    from studio.training.adapters import attach

    return attach(load_causal(folder), options, facts_of(folder))


METHOD = Method(
    Text("LoRA", "LoRA"),
    Text("Trains small adapters only.", "只训练小型适配器。"),
    prepare,
    options=AdapterOptions,
    learns=adapters_learn,
    over_quantized=True,
)
