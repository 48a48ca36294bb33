"""A quantised GGUF file turned into the bf16 safetensors folder that training and serving read: `python -m studio.models.gguf
SOURCE TARGET`, a file and a folder."""

from __future__ import annotations

from contextlib import redirect_stderr
from io import StringIO
from pathlib import Path

import torch
from transformers import AutoModelForCausalLM, AutoTokenizer, GenerationConfig
from transformers.utils import logging

from studio.models.conversion import run_as_child


def convert(gguf: Path, target: Path) -> None:
    """Write `config.json`, `model.safetensors` (bf16) and the tokenizer with its chat template into `target`."""
    logging.disable_progress_bar()
    logging.set_verbosity_error()
    with redirect_stderr(StringIO()):  # its progress bars know no switch
        tokenizer = AutoTokenizer.from_pretrained(gguf.parent, gguf_file=gguf.name)
        model = AutoModelForCausalLM.from_pretrained(gguf.parent, gguf_file=gguf.name, dtype=torch.bfloat16)
    # What the file carries of quantisation no longer holds for the weights as they are written now.
    model.generation_config = GenerationConfig(
        bos_token_id=tokenizer.bos_token_id,
        eos_token_id=tokenizer.eos_token_id,
        pad_token_id=tokenizer.pad_token_id,
    )
    for holder, attribute in ((model.config, "quantization_config"), (model, "hf_quantizer")):
        if hasattr(holder, attribute):
            delattr(holder, attribute)
    model.is_quantized = False
    model.save_pretrained(target, safe_serialization=True)
    tokenizer.save_pretrained(target)


if __name__ == "__main__":
    run_as_child(convert)
