"""Loading a checked model folder: safetensors only, no code from the folder, in the type that the device is fast at."""

from __future__ import annotations

from pathlib import Path

import torch
from transformers import AutoModelForCausalLM, AutoTokenizer, PreTrainedModel, PreTrainedTokenizerBase
from transformers.utils import logging

from studio.core.accelerators import has_bf16
from studio.core.errors import InputError, StudioError
from studio.core.text import Text
from studio.core.weights import device
from studio.models.chat_model import without_template
from studio.models.facts import facts_of
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
    lacking = device() == "cuda" and not has_bf16(torch.cuda.get_device_capability())
    return torch.float16 if lacking else torch.bfloat16


class Loading:
    """Turns whatever a library raises over a model's files into one error: which of them raises what is no contract.

    Memory that runs out is passed on, for it is not the model's fault; so is what we raise ourselves.

    Args:
        noun: what could not be loaded.
        folder: the model's.
        hint: what to do.

    Raises:
        InputError: on leaving, in place of what was raised inside.
    """

    def __init__(self, noun: Text, folder: Path, hint: Text | None = None) -> None:
        self._noun, self._folder, self._hint = noun, folder, hint

    def __enter__(self) -> None:
        return None

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, _trace: object) -> None:
        if not isinstance(error, Exception) or isinstance(error, StudioError | MemoryError | torch.OutOfMemoryError):
            return
        reason = next(iter(str(error).splitlines()), "") or type(error).__name__
        message = Text(f"{self._noun.en} cannot be loaded: {reason}", f"{self._noun.zh}无法加载：{reason}")
        raise InputError(message, self._hint, str(self._folder)) from error


def load_tokenizer(path: Path, template: str = "") -> PreTrainedTokenizerBase:
    """Load a tokenizer that can render chats.

    Args:
        template: the chat template, where it is not its own.

    Raises:
        InputError: the folder has no tokenizer, or its tokenizer no chat template and none is given.
    """
    check_folder(path)
    with Loading(Text("the tokenizer", "分词器"), path):
        tokenizer = AutoTokenizer.from_pretrained(path, trust_remote_code=False, local_files_only=True)
    tokenizer.chat_template = template or tokenizer.chat_template
    if not tokenizer.chat_template:
        raise without_template(path)
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
    # what is quantized is loaded where it is to be, and some of it refuses to be moved
    placed = {"device_map": {"": device()}} if facts_of(path).quantization is not None else {}
    with Loading(Text("the model", "模型"), path):
        model = AutoModelForCausalLM.from_pretrained(
            path,
            dtype=dtype_ or dtype(),
            trust_remote_code=False,
            local_files_only=True,
            use_safetensors=True,
            **placed,
        )
    return (model if placed else model.to(device())).eval()
