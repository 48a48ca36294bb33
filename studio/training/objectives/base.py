"""What an objective is: which rows it learns from, and the trainer that learns them."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

from studio.core.choice import Options
from studio.core.reporter import Reporter
from studio.core.text import Text
from studio.training.validation import Better

if TYPE_CHECKING:
    from datasets import Dataset
    from torch.optim import Optimizer
    from transformers import PreTrainedModel, PreTrainedTokenizerBase, TrainerCallback

    from studio.training.recipe import TrainRecipe


@dataclass(frozen=True)
class LearnedRows:
    """A dataset's rows as a trainer takes them.

    Args:
        train: rows to learn from.
        val: rows to validate on; may be none.
        lengths: tokens of each row to learn from, so that rows of like length share a batch.
        ids: of each row to learn from, by which it is named where it makes trouble.
    """

    train: Sequence[Mapping[str, Any]]
    val: Sequence[Mapping[str, Any]]
    lengths: Sequence[int]
    ids: Sequence[str] = ()


@dataclass(frozen=True)
class Setup:
    """What a trainer is made of.

    Args:
        recipe: how it learns.
        options: the objective's own.
        model: as the training method prepared it.
        tokenizer: the model's.
        train: the rows to learn from, each once; in which order they are learned, `RunTrainer` decides.
        val: rows to validate on, if any.
        arguments: of `transformers.TrainingArguments`, to which an objective adds its own.
        callbacks: what watches the training.
        optimizer: the method's own, if it brings one.
        longest: tokens of the longest row to learn from.
    """

    recipe: TrainRecipe
    options: Any
    model: PreTrainedModel
    tokenizer: PreTrainedTokenizerBase
    train: Dataset
    val: Dataset | None
    arguments: dict[str, Any]
    callbacks: list[TrainerCallback]
    optimizer: Optimizer | None
    longest: int


@dataclass(frozen=True)
class Objective:
    """What is learned.

    Args:
        title: what the form calls it.
        help: what it does, in a sentence.
        load: `load(dataset, tokenizer, recipe, options, report)` reads a dataset's folder. Raises InputError where
            there is nothing to learn.
        trainer: makes the trainer: a `transformers.Trainer` that is also a `studio.training.run_trainer.RunTrainer`.
            Libraries are imported inside: the page reads the file as well.
        records: what the rows of a dataset must be (`question`, `preference`); none: of any kind.
        metrics: what its trainer logs that is worth keeping, beside loss, learning rate and gradient norm.
        judged: the metrics of its validation that tell a better model from a worse one, and which values are better.
        options: the schema of its own options.
    """

    title: Text
    help: Text
    load: Callable[[Path, PreTrainedTokenizerBase, TrainRecipe, Any, Reporter], LearnedRows]
    trainer: Callable[[Setup], Any]
    records: tuple[str, ...] = ()
    metrics: tuple[str, ...] = ()
    judged: Mapping[str, Better] = field(default_factory=lambda: {"eval_loss": "lower"})
    options: type[Options] = Options
