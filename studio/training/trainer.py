"""A trainer, set up from our recipe: the rows in their order, and what every objective's trainer is told."""

from __future__ import annotations

import math
import warnings
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import torch
from datasets import Dataset
from transformers import PreTrainedModel, PreTrainedTokenizerBase, PrinterCallback, TrainerCallback
from transformers.utils import logging as transformers_logging

from studio.core.choice import Options
from studio.core.libraries import hush
from studio.core.weights import device
from studio.models.load import dtype
from studio.training.objectives.base import LearnedRows, Objective, Setup
from studio.training.order import RowOrder
from studio.training.recipe import TrainRecipe
from studio.training.steps import step_rows, total_steps

_POINTS = 1000  # of a loss curve


def build(
    objective: Objective,
    options: Options,
    recipe: TrainRecipe,
    model: PreTrainedModel,
    tokenizer: PreTrainedTokenizerBase,
    rows: LearnedRows,
    folder: Path,
    callbacks: list[TrainerCallback],
    optimizer: torch.optim.Optimizer | None = None,
    began: int = 0,
) -> Any:
    """Return an objective's trainer.

    Args:
        objective: what is learned.
        options: the objective's own.
        recipe: the settings.
        model: as a training method prepared it.
        tokenizer: the model's.
        rows: as the objective loaded them.
        folder: where checkpoints go.
        callbacks: what watches the training.
        optimizer: the method's own, if it brings one.
        began: the step of another training that this one goes on from; its rows and its rate begin there.
    """
    steps = total_steps(recipe, len(rows.train))
    setup = Setup(
        recipe,
        options,
        model,
        tokenizer,
        _dataset(rows.train),
        _dataset(rows.val) if rows.val else None,
        _arguments(recipe, steps, began, bool(rows.val), folder),
        callbacks,
        optimizer,
        max(rows.lengths),
    )
    trainer = objective.trainer(setup)
    # The rows end with the last step: a training resumed after it, of which rows were left, would take one step more.
    unit = step_rows(recipe)
    trainer.order = RowOrder(rows.lengths, unit, recipe.epochs, recipe.seed + began, steps * unit, began * unit)
    trainer.remove_callback(PrinterCallback)
    trainer.began, trainer.ids = began, rows.ids
    return trainer


def _dataset(rows: Sequence[Mapping[str, Any]]) -> Dataset:
    """Return rows as the trainer reads them; those that lie on the disk stay there."""
    return rows if isinstance(rows, Dataset) else Dataset.from_list(list(rows))


def _arguments(recipe: TrainRecipe, steps: int, began: int, validate: bool, folder: Path) -> dict[str, Any]:
    return dict(
        output_dir=str(folder),
        max_steps=began + steps,
        per_device_train_batch_size=recipe.batch_size,
        per_device_eval_batch_size=recipe.batch_size,
        gradient_accumulation_steps=recipe.accumulate,
        learning_rate=recipe.learning_rate,
        # at least one step at the full rate, however few there are
        warmup_steps=min(math.ceil(recipe.warmup * steps), steps - 1),
        bf16=dtype() is torch.bfloat16,
        fp16=dtype() is torch.float16,
        activation_checkpointing=recipe.save_memory,
        prediction_loss_only=True,
        logging_strategy="steps",
        logging_steps=max(1, steps // _POINTS),
        logging_nan_inf_filter=False,
        eval_strategy="steps" if validate and recipe.evaluate_every else "no",
        eval_steps=recipe.evaluate_every,
        save_strategy="steps",
        save_steps=recipe.checkpoint_every or began + steps,
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
