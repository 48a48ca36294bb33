"""TRL's SFTTrainer, set up from our recipe."""

from __future__ import annotations

import math
import warnings
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import torch
from datasets import Dataset
from peft import PeftModel
from transformers import PreTrainedModel, PreTrainedTokenizerBase, PrinterCallback, TrainerCallback
from transformers.utils import logging as transformers_logging
from trl import SFTConfig

from studio.core.libraries import hush
from studio.core.weights import device
from studio.models.chat_template import TokenRow
from studio.models.load import dtype
from studio.training.lm_head import score_labels_only
from studio.training.order import order
from studio.training.recipe import TrainRecipe
from studio.training.sft_trainer import StudioSFTTrainer

_POINTS = 1000  # of a loss curve
_BYTES_A_PAIR = 8  # of an attention map: float32 as computed, bfloat16 as used, and its gradient
_MAPS = 2**30


def total_steps(recipe: TrainRecipe, rows: int) -> int:
    """Return how many optimizer steps a training takes: its epochs, or `max_steps` where that comes first."""
    steps = math.ceil(max(1, round(recipe.epochs * rows)) / (recipe.batch_size * recipe.accumulate))
    return min(steps, recipe.max_steps or steps)


def build(
    recipe: TrainRecipe,
    model: PreTrainedModel,
    tokenizer: PreTrainedTokenizerBase,
    train: Sequence[TokenRow],
    val: Sequence[TokenRow],
    folder: Path,
    callbacks: list[TrainerCallback],
) -> Any:
    """Return a trainer over rows that are tokens already.

    Args:
        recipe: the settings.
        model: as a training method prepared it.
        tokenizer: gives the padding token.
        train: rows to learn from.
        val: rows to validate on; may be empty.
        folder: where checkpoints go.
        callbacks: what watches the training.
    """
    lengths = [len(row["input_ids"]) for row in train]
    if device() == "cpu":
        choose_attention(model, recipe.batch_size * max(lengths) ** 2, spare=recipe.save_memory)
    steps = total_steps(recipe, len(train))
    # The rows end with the last step: a training resumed after it, of which rows were left, would take one step more.
    turns = order(lengths, recipe.batch_size, recipe.epochs, recipe.seed)
    turns = turns[: steps * recipe.batch_size * recipe.accumulate]
    trainer = StudioSFTTrainer(
        model,
        _arguments(recipe, steps, bool(val), folder),
        train_dataset=Dataset.from_list(list(train)).select(turns),
        eval_dataset=Dataset.from_list(list(val)) if val else None,
        processing_class=tokenizer,
        callbacks=callbacks,
    )
    trainer.remove_callback(PrinterCallback)
    if device() == "cpu":
        inner = trainer.model.get_base_model() if isinstance(trainer.model, PeftModel) else trainer.model
        score_labels_only(inner)
    return trainer


def choose_attention(model: PreTrainedModel, pairs: int, spare: bool) -> None:
    """Choose, on a CPU, between attention maps written out and the fused kernel.

    For short rows the fused kernel takes half as long again for a whole step; written-out maps grow with the square
    of the length, so they are used up to 1 GiB only.

    Args:
        model: the model to set.
        pairs: positions times positions of the largest batch.
        spare: whether memory is to be spared.
    """
    config = model.config.get_text_config()
    maps = pairs * config.num_attention_heads * config.num_hidden_layers * _BYTES_A_PAIR
    if maps <= _MAPS and not spare:
        model.set_attn_implementation("eager")


def _arguments(recipe: TrainRecipe, steps: int, validate: bool, folder: Path) -> SFTConfig:
    return SFTConfig(
        output_dir=str(folder),
        max_steps=steps,
        per_device_train_batch_size=recipe.batch_size,
        per_device_eval_batch_size=recipe.batch_size,
        gradient_accumulation_steps=recipe.accumulate,
        learning_rate=recipe.learning_rate,
        # at least one step at the full rate, however few there are
        warmup_steps=min(math.ceil(recipe.warmup * steps), steps - 1),
        bf16=dtype() is torch.bfloat16,
        fp16=dtype() is torch.float16,
        activation_checkpointing=recipe.save_memory,
        # the rows come as tokens, cut and in their order
        dataset_kwargs={"skip_prepare_dataset": True},
        max_length=None,
        train_sampling_strategy="sequential",
        prediction_loss_only=True,
        logging_strategy="steps",
        logging_steps=max(1, steps // _POINTS),
        logging_nan_inf_filter=False,
        eval_strategy="steps" if validate and recipe.evaluate_every else "no",
        eval_steps=recipe.evaluate_every,
        save_strategy="steps",
        save_steps=recipe.checkpoint_every,
        save_total_limit=2,
        report_to="none",
        disable_tqdm=True,
        dataloader_pin_memory=device() == "cuda",
        use_cpu=device() == "cpu",
        seed=recipe.seed,
    )


@contextmanager
def quiet() -> Iterator[None]:
    """Keep what libraries say to their developers out of a user's log."""
    transformers_logging.set_verbosity_error()
    hush("trl", "accelerate", "peft")
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", FutureWarning)
        warnings.simplefilter("ignore", UserWarning)
        yield
