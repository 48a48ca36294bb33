"""Models of the size of real ones with random weights: what they say is noise, what they cost is not."""

from __future__ import annotations

import shutil
from pathlib import Path
from typing import Any

import torch
from transformers import AutoModelForCausalLM, MistralConfig, Qwen2Config
from transformers.utils import logging

from studio.core.weights import device

_QWEN = {
    "vocab_size": 151_936,
    "tie_word_embeddings": True,
    "num_key_value_heads": 2,
    "max_position_embeddings": 32_768,
}
# As the models' own config.json on the hub say.
SHAPES: dict[str, Any] = {
    "qwen2.5-0.5b": Qwen2Config(
        **_QWEN, hidden_size=896, intermediate_size=4864, num_hidden_layers=24, num_attention_heads=14
    ),
    "qwen2.5-1.5b": Qwen2Config(
        **_QWEN, hidden_size=1536, intermediate_size=8960, num_hidden_layers=28, num_attention_heads=12
    ),
    "qwen2.5-3b": Qwen2Config(
        **_QWEN, hidden_size=2048, intermediate_size=11_008, num_hidden_layers=36, num_attention_heads=16
    ),
    "mistral-7b": MistralConfig(vocab_size=32_768, sliding_window=None),
}


def write(shape: str, folder: Path, tokenizer: Path) -> Path:
    """Write such a model, in bfloat16, with the tokenizer of another one, and return its folder."""
    logging.disable_progress_bar()
    config = SHAPES[shape]
    folder.mkdir(parents=True)
    for file in ("tokenizer.json", "tokenizer_config.json", "chat_template.jinja", "special_tokens_map.json"):
        if (tokenizer / file).exists():
            shutil.copy(tokenizer / file, folder)
    torch.manual_seed(0)
    with torch.device(device()):
        model = AutoModelForCausalLM.from_config(config, dtype=torch.bfloat16)
    model.generation_config.eos_token_id = None
    model.save_pretrained(folder)
    return folder
