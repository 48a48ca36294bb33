"""sft: supervised fine-tuning; the loss falls on the assistant's turns only."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

from studio.core.reporter import Reporter
from studio.core.text import Text
from studio.training.lesson import LessonOptions
from studio.training.objectives.base import LearnedRows, Objective, Setup

if TYPE_CHECKING:
    from transformers import PreTrainedTokenizerBase

    from studio.training.recipe import TrainRecipe


def load(
    dataset: Path, tokenizer: PreTrainedTokenizerBase, recipe: TrainRecipe, options: LessonOptions, report: Reporter
) -> LearnedRows:
    """Return the rows as tokens with the assistant's turns labelled; see `Objective.load`."""
    from studio.training import encoding

    train, val = encoding.load(dataset, tokenizer, recipe.max_length, report, options, recipe.seed, recipe.rows)
    return LearnedRows(train.rows, val.rows, [len(row["input_ids"]) for row in train.rows], train.ids)


def trainer(setup: Setup) -> Any:
    """Return TRL's SFTTrainer over rows that are tokens already."""
    from peft import PeftModel
    from trl import SFTConfig

    from studio.core.weights import device
    from studio.training.attention import choose_attention
    from studio.training.lm_head import score_labels_only
    from studio.training.sft_trainer import StudioSFTTrainer

    recipe = setup.recipe
    if device() == "cpu":
        choose_attention(setup.model, recipe.batch_size * setup.longest**2, spare=recipe.save_memory)
    made = StudioSFTTrainer(
        setup.model,
        SFTConfig(
            **setup.arguments,
            # the rows come as tokens, cut and in their order
            dataset_kwargs={"skip_prepare_dataset": True},
            max_length=None,
        ),
        train_dataset=setup.train,
        eval_dataset=setup.val,
        processing_class=setup.tokenizer,
        callbacks=setup.callbacks,
        optimizers=(setup.optimizer, None),
    )
    if device() == "cpu":
        inner = made.model.get_base_model() if isinstance(made.model, PeftModel) else made.model
        score_labels_only(inner)
    return made


OBJECTIVE = Objective(
    Text("Supervised fine-tuning", "监督微调（SFT）"),
    Text("Learns the dataset's answers.", "学习数据集中的标准答案。"),
    load,
    trainer,
    records=("question", "conversation"),
    options=LessonOptions,
)
