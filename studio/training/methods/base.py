"""What a training method is."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from studio.core.choice import Options
from studio.core.option import option
from studio.core.text import Text

if TYPE_CHECKING:
    from torch.optim import Optimizer
    from transformers import PreTrainedModel

    from studio.models.facts import ModelFacts
    from studio.training.recipe import TrainRecipe


@dataclass(frozen=True)
class Method:
    """Which weights learn, and how they are held.

    Args:
        title: what the form calls it.
        help: what it does, in a sentence.
        prepare: `prepare(folder, recipe, options)` loads the model in a folder and marks what learns in it, in
            float32; the rest may be of any type, since the trainer multiplies under autocast. A PEFT model is saved as
            an adapter, any other one as a whole. Raises InputError where the folder cannot be loaded.
        options: the schema of its own options, which `prepare` is given.
        optimizer: `optimizer(model, recipe, options)` makes the optimizer, where it is not the usual AdamW.
        learns: `learns(facts, options)` tells how many weights learn in a model, where that is known beforehand.
        over_quantized: whether it learns over weights that are quantized in their folder already.
        highest_rate: the learning rate above which a user is warned.
    """

    title: Text
    help: Text
    prepare: Callable[[Path, TrainRecipe, Any], PreTrainedModel]
    options: type[Options] = Options
    optimizer: Callable[[PreTrainedModel, TrainRecipe, Any], Optimizer] | None = None
    learns: Callable[[ModelFacts, Any], int] | None = None
    over_quantized: bool = False
    highest_rate: float | None = None


def adapters_learn(facts: ModelFacts, options: AdapterOptions) -> int:
    """Return how many weights the adapters of a model have; see `Method.learns`."""
    return facts.adapter_parameters(options.rank)


class AdapterOptions(Options):
    """What every method that trains low-rank adapters asks."""

    rank: int = option(
        16,
        label=Text("LoRA rank", "LoRA 秩"),
        help=Text(
            "Rank of the LoRA matrices: higher learns more, uses more memory.",
            "LoRA 矩阵的秩，越大可学的越多，也越占内存。",
        ),
        ge=1,
    )
    alpha: int = option(
        32,
        label=Text("LoRA alpha", "LoRA alpha"),
        help=Text("Scale of the adapters; often twice the rank.", "适配器的缩放系数，常取秩的两倍。"),
        ge=1,
        advanced=True,
    )
    dropout: float = option(
        0.0,
        label=Text("LoRA dropout", "LoRA dropout"),
        help=Text("Share of adapter inputs dropped in training.", "训练时丢弃的适配器输入比例。"),
        ge=0,
        lt=1,
        advanced=True,
    )
