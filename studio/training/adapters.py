"""Low-rank adapters on every linear layer."""

from __future__ import annotations

from typing import cast

from peft import LoraConfig, get_peft_model
from transformers import PreTrainedModel

from studio.models.facts import ModelFacts
from studio.training.methods.base import AdapterOptions


def attach(model: PreTrainedModel, options: AdapterOptions, facts: ModelFacts) -> PreTrainedModel:
    """Return the model with LoRA adapters (Hu et al. 2021, arXiv:2106.09685) on all linear layers but the head.

    The adapters are float32: bfloat16 holds 8 bits, and the small steps at the end of a training would be rounded away.

    Args:
        facts: name the layers of a quantized model, among which PEFT by itself finds none.
    """
    config = LoraConfig(
        r=options.rank,
        lora_alpha=options.alpha,
        lora_dropout=options.dropout,
        target_modules=list(facts.targets) if facts.quantization and facts.targets else "all-linear",
        task_type="CAUSAL_LM",
    )
    return cast(PreTrainedModel, get_peft_model(model, config))
