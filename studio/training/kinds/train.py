"""`kind: train`: a model learns from a dataset."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from functools import partial
from pathlib import Path
from typing import Any

from studio.core.errors import Fault, InputError
from studio.core.text import Text
from studio.core.workspace import Workspace
from studio.data.dataset_folder import record_of
from studio.data.records import RECORDS
from studio.models.folder import check_chat_model
from studio.models.sorts import MODEL
from studio.runs.job import Job, Outcome
from studio.runs.kind import Introduction, Kind, Measures, Product, Tile
from studio.runs.names import dataset_names, model_names
from studio.runs.references import Resolved
from studio.training.objectives import OBJECTIVES
from studio.training.recipe import TrainRecipe

_EMBEDS = Text("this is an embedding model; training needs a chat model", "这是向量模型；训练需要对话模型")


def run(recipe: TrainRecipe, job: Job) -> Outcome:
    """Train; writes `checkpoints/` and `model/`."""
    from studio.training.train import train

    resume = f"`python -m studio resume {job.run.id}`"
    again = Text(resume, f"运行 {resume}")
    metrics = train(recipe, job.named("model"), job.locate("dataset"), job.path, job.workspace, job, again)
    return Outcome({"model": "model"}, metrics)


def check(recipe: TrainRecipe, resolved: Resolved) -> list[Fault]:
    """Return faults for a model that cannot be trained, and for a dataset that the objective cannot learn from."""
    if resolved.faults:
        return []
    faults = resolved.check("model", partial(check_chat_model, embeds=_EMBEDS))
    wanted = OBJECTIVES.load(recipe.objective.name).records
    return [*faults, *(resolved.check("dataset", partial(_require_record, wanted=wanted)) if wanted else [])]


def _require_record(dataset: Path, wanted: Collection[str]) -> None:
    """Raise InputError where a dataset's rows are not what an objective learns from."""
    record = record_of(dataset)
    if record.record not in wanted:
        nouns = [RECORDS[name].noun for name in wanted]
        raise InputError(
            Text(
                f"its rows are {record.noun.en}s; this objective learns from {', '.join(noun.en for noun in nouns)}s",
                f"它的数据行是{record.noun.zh}，而这个目标需要{'、'.join(noun.zh for noun in nouns)}",
            )
        )


def _offered(workspace: Workspace) -> Mapping[str, Any]:
    """Offer the newest dataset, and a model that is here where the default one is not."""
    here = model_names(workspace)
    usual = TrainRecipe.model_fields["model"].default
    newest = dataset_names(workspace)[:1]
    return {
        "name": "my-model",
        **({"model": here[-1]} if here and usual not in here else {}),
        **({"dataset": newest[0]} if newest else {}),
    }


KIND = Kind(
    TrainRecipe,
    run,
    Text("Training", "训练"),
    check=check,
    makes=(Product(MODEL, "model"),),
    measures=Measures(
        metrics={
            "loss": Text("loss", "损失"),
            "train_loss": Text("training loss", "训练损失"),
            "eval_loss": Text("validation loss", "验证损失"),
            "learning_rate": Text("learning rate", "学习率"),
            "grad_norm": Text("gradient norm", "梯度范数"),
            "tokens_per_s": Text("tokens/s", "token/秒"),
            "samples_per_s": Text("samples/s", "样本/秒"),
            "steps": Text("steps", "步数"),
            "seconds": Text("seconds", "秒数"),
            "peak_memory_mb": Text("peak memory, MB", "内存峰值（MB）"),
        },
        units={"steps": Text("steps", "步")},
        together=(("loss", "train_loss", "eval_loss"),),
    ),
    introduction=Introduction(
        tab="train",
        order=30,
        title=Text("Train", "训练"),
        summary=Text("fine-tune a model on them", "用这些题目微调模型"),
        intro=Text(
            "Fine-tune a base model on a dataset; the result can be talked to, evaluated and served. "
            "Training goes on when this page is closed.",
            "选择基础模型和数据集进行微调，得到可用于对话、评测和部署的模型。关闭网页后训练仍会继续。",
        ),
        offered=_offered,
        tile=Tile(30, Text("Fine-tuned models", "微调模型"), Text("Train a model", "新建训练")),
        follows={"dataset": Text("Train on it", "用它训练")},
    ),
)
