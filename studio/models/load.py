"""Loading a checked model folder: safetensors only, no code from the folder, in the type that the device is fast at."""

from __future__ import annotations

from pathlib import Path

import torch
from safetensors import SafetensorError
from transformers import AutoModelForCausalLM, AutoTokenizer, PreTrainedModel, PreTrainedTokenizerBase
from transformers.utils import logging

from studio.core.errors import InputError
from studio.core.text import Text
from studio.core.weights import device
from studio.models.folder import check_folder


def dtype() -> torch.dtype:
    """Return the type to compute in: bfloat16, or float16 on CUDA cards and float32 on processors that lack it.

    On a processor with AVX-512 bfloat16 generates five times as fast as float32; without, forty times as slowly.
    """
    if device() == "cpu":
        return torch.float32 if torch.backends.cpu.get_cpu_capability() in ("AVX2", "DEFAULT") else torch.bfloat16
    return kept_dtype()


def kept_dtype() -> torch.dtype:
    """Return the type that whole models are written in: half of float32's size, and no less precise than they were."""
    lacking = device() == "cuda" and not torch.cuda.is_bf16_supported(including_emulation=False)
    return torch.float16 if lacking else torch.bfloat16


def load_tokenizer(path: Path) -> PreTrainedTokenizerBase:
    """Load a tokenizer that can render chats.

    Raises:
        InputError: the folder has no tokenizer, or its tokenizer no chat template.
    """
    check_folder(path)
    try:
        tokenizer = AutoTokenizer.from_pretrained(path, trust_remote_code=False, local_files_only=True)
    except (OSError, ValueError) as error:
        reason = str(error).splitlines()[0]
        raise InputError(
            Text(f"the tokenizer cannot be loaded: {reason}", f"分词器无法加载：{reason}"), None, str(path)
        ) from error
    if not tokenizer.chat_template:
        raise InputError(
            Text("the tokenizer has no chat template", "分词器没有对话模板"),
            Text("Use an -Instruct model.", "请使用 -Instruct 模型。"),
            str(path),
        )
    if tokenizer.pad_token_id is None:
        tokenizer.pad_token = tokenizer.eos_token
    return tokenizer


def load_causal(path: Path, dtype_: torch.dtype | None = None) -> PreTrainedModel:
    """Load a whole language model onto the device, in evaluation mode.

    Raises:
        InputError: the folder holds no loadable model.
    """
    check_folder(path)
    logging.disable_progress_bar()
    try:
        model = AutoModelForCausalLM.from_pretrained(
            path, dtype=dtype_ or dtype(), trust_remote_code=False, local_files_only=True, use_safetensors=True
        )
    except (OSError, ValueError, SafetensorError) as error:
        reason = str(error).splitlines()[0]
        raise InputError(
            Text(f"the model cannot be loaded: {reason}", f"模型无法加载：{reason}"), None, str(path)
        ) from error
    return model.to(device()).eval()
