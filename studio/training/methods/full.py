"""full: every weight learns."""

from __future__ import annotations

from pathlib import Path

import torch
from transformers import PreTrainedModel

from studio.models.load import load_causal
from studio.training.methods._method import AdapterOptions


def prepare(folder: Path, _options: AdapterOptions) -> PreTrainedModel:
    """Load the weights as float32: bfloat16 holds 8 bits, and would round a step of 1e-5 away."""
    return load_causal(folder, torch.float32)
