"""`kind: train`: a model learns from a dataset."""

from __future__ import annotations

import json
from collections.abc import Collection, Hashable, Iterator, Mapping
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import Any

from studio.core.choice import Choice
from studio.core.errors import Fault, InputError
from studio.core.option import called
from studio.core.scripts import NAMES
from studio.core.text import Text
from studio.core.vocabulary import reads_han
from studio.core.workspace import Workspace
from studio.data.clearance import require_cleared
from studio.data.counts import rows_language, rows_of
from studio.data.dataset_folder import record_of
from studio.data.ladder import require_rows
from studio.data.records import RECORDS
from studio.data.records.base import Row
from studio.models.chat_model import require_language_model
from studio.models.facts import ModelFacts, whole_facts
from studio.models.folder import base_folder
from studio.models.sorts import MODEL
from studio.runs import references
from studio.runs.directory import Run
from studio.runs.forecast import Amount, Forecast, Pace
from studio.runs.job import Job, Outcome
from studio.runs.kind import Introduction, Kind, Measures, Product, Tile, Variant
from studio.runs.names import dataset_names, model_names
from studio.runs.references import Resolved
from studio.runs.removal import is_needed
from studio.training import checkpoints, plan
from studio.training.kinds.lengths import known_lengths, measured
from studio.training.methods import METHODS
from studio.training.objectives import OBJECTIVES
from studio.training.recipe import TrainRecipe
from studio.training.soundness import model_faults, remarks, row_faults, wording_faults
from studio.training.steps import step_rows, total_steps

_NO_ROWS = Text("The training split of this dataset holds no rows.", "这个数据集的训练集里没有数据。")
_KEPT = called(TrainRecipe, "keep_optimizer")
_NO_OPTIMIZER = Text(
    f"its optimizer is not there: of a finished training the last step alone has one, where {_KEPT.en} is on. To go on from "
    "its weights alone, name it as the base model",
    f"它没有留下优化器状态：已完成的训练只在打开{_KEPT.zh}时保留最后一步的。如果只想沿用权重，请把它填为基础模型",
)
_PLAN = f"{plan.FOLDER}/{plan.FILE}"
_WORDING = ("template", "thinking", "objective.system")
_EMBEDS = Text("this is an embedding model; training needs a chat model", "这是向量模型；训练需要对话模型")


def run(recipe: TrainRecipe, job: Job) -> Outcome:
    """Train; writes `checkpoints/` and `model/`."""
    from studio.training.train import train

    if not (job.path / _PLAN).is_file():  # a pipeline makes it after the check
        require_cleared(job.locate("dataset"))
    resume = f"`python -m studio resume {job.run.id}`"
    again = Text(resume, f"运行 {resume}")
    spared = partial(is_needed, job.workspace)
    continued = checkpoints.behind(job.locate("continues")) if recipe.continues else None
    if recipe.continues and continued is None:
        raise InputError(_NO_OPTIMIZER, where="continues")
    base, dataset = job.named("model"), job.locate("dataset")
    metrics = train(recipe, base, dataset, job.path, job.workspace, job, again, spared, continued)
    return Outcome({"model": "model"}, metrics)


def check(recipe: TrainRecipe, resolved: Resolved) -> list[Fault]:
    """Return faults for a model that cannot be trained, and for a dataset that the objective cannot learn from."""
    if resolved.faults:
        return []
    model = resolved.ready("model")
    faults = resolved.check("model", partial(require_language_model, workspace=resolved.workspace, embeds=_EMBEDS))
    facts = whole_facts(resolved.workspace, model) if model is not None and not faults else None
    if facts is not None:
        faults += [*model_faults(recipe, facts), *wording_faults(recipe, facts)]
    wanted = OBJECTIVES.load(recipe.objective.name).records
    if wanted:
        faults += resolved.check("dataset", partial(_require_record, wanted=wanted))
    faults += resolved.check("dataset", require_cleared)
    faults += _continuing(recipe, resolved)
    if recipe.rows:
        few = resolved.check("dataset", partial(require_rows, count=recipe.rows))
        faults += [replace(fault, where="rows") for fault in few]
    if not any(fault.where == "dataset" for fault in faults):
        worded = not any(fault.where in _WORDING for fault in faults)
        faults += _row_faults(recipe, resolved, facts if worded else None)
    return faults


def _continuing(recipe: TrainRecipe, resolved: Resolved) -> Iterator[Fault]:
    """Yield why another training cannot be gone on with, where one is named."""
    path, named = resolved.ready("continues"), resolved.references.get("continues")
    if path is None or named is None:
        return
    other = Run(resolved.workspace.runs / named.run) if named.run else None
    if other is None or other.kind != "train":
        yield Fault("continues", Text("this is no training of the studio", "这不是本程序的训练"))
        return
    if not checkpoints.goes_on(path):
        yield Fault("continues", _NO_OPTIMIZER)
    method = Choice(METHODS).chosen(other.recipe_values().get("method", "lora"))
    if method != recipe.method:
        field, was = called(TrainRecipe, "method"), json.dumps(method.dump(), ensure_ascii=False)
        words = Text(
            f"what it continues was trained otherwise: {field.en} was {was}",
            f"与所接训练不同：当时的{field.zh}是 {was}",
        )
        yield Fault("method", words)
    begun, base = references.load(other.inputs().get("references")).get("model"), resolved.references.get("model")
    if begun is not None and base is not None and begun.path != base.path:
        words = Text(f"what it continues was trained from {begun.path}", f"所接训练的基础模型是 {begun.path}")
        yield Fault("model", words)


def _row_faults(recipe: TrainRecipe, resolved: Resolved, facts: ModelFacts | None) -> list[Fault]:
    found: list[Fault] = []
    unreadable = resolved.check("dataset", lambda dataset: found.extend(row_faults(recipe, dataset, facts)))
    return [*found, *unreadable]


def _require_record(dataset: Path, wanted: Collection[str]) -> None:
    """Raise InputError where a dataset's rows are not what an objective learns from."""
    record = record_of(dataset)
    if record.record not in wanted:
        nouns = [RECORDS[name].noun for name in wanted]
        en = ", ".join(f"{noun.en}s" for noun in nouns)
        zh = "、".join(noun.zh for noun in nouns)
        todo = _what_to_do(record)
        raise InputError(
            Text(
                f"its rows are {record.noun.en}s; this objective learns from {en}. {todo.en}",
                f"它的数据行是{record.noun.zh}，而这个训练目标需要{zh}。{todo.zh}",
            )
        )


def _what_to_do(record: type[Row]) -> Text:
    """Return what to do with rows that an objective does not learn from."""
    others = [item.title for item in OBJECTIVES.all().values() if record.record in item.records]
    en, zh = "", ""
    if others:
        en = f"Choose an objective that learns from them ({', '.join(title.en for title in others)}). "
        zh = f"请改用能学习这种数据的训练目标（{'、'.join(title.zh for title in others)}）。"
    return Text(
        f"{en}To learn answers from the same file, make a dataset of questions and answers: its recipe says which column "
        "is the answer (columns:) and leaves the others out (ignore:)",
        f"{zh}如果要从同一个文件学习回答，请另做一个问答数据集：在配方中用 columns: 指明答案列，用 ignore: 忽略其他列",
    )


def forecast(recipe: TrainRecipe, resolved: Resolved) -> Forecast:
    """Foresee rows, epochs and optimizer steps, and a base model that cannot read the rows.

    Rows that the training will leave out, which its tokenizer alone tells, count as learned.
    """
    dataset = resolved.ready("dataset")
    rows = rows_of(dataset, "train") if dataset is not None else None
    if dataset is None or not rows:
        return Forecast(warnings=(*((_NO_ROWS,) if rows == 0 else ()), *remarks(recipe)))
    rows = min(rows, recipe.rows or rows)
    steps = total_steps(recipe, rows)
    learned = min(max(1, round(recipe.epochs * rows)), steps * step_rows(recipe))
    epochs = round(learned / rows, 2)
    read = (
        (Amount(rows, Text("rows", "行")), Amount(epochs, Text("epochs", "轮"), "×"))
        if epochs
        else (Amount(learned, Text(f"of {rows:,} rows", f"行（共 {rows:,} 行）")),)
    )
    amounts = (*read, Amount(steps, Text("steps", "步"), "→"))
    warnings = (*remarks(recipe), *_unread(recipe, resolved, dataset), *_lost(recipe, resolved, dataset))
    return Forecast(amounts, warnings, float(steps * step_rows(recipe)))


def _lost(recipe: TrainRecipe, resolved: Resolved, dataset: Path) -> Iterator[Text]:
    """Yield what a training will shorten or leave out, where somebody has measured how long the rows are."""
    model = resolved.ready("model")
    if model is None:
        return
    found = known_lengths(resolved.workspace, model, dataset, measured(recipe)).get("train")
    if found is None:
        return
    over, longest = found.over(recipe.max_length), called(TrainRecipe, "max_length")
    if over:
        yield Text(
            f"{over:,} of {found.rows:,} training rows ({over / found.rows:.1%}) are longer than {recipe.max_length:,} tokens and "
            f"will be shortened or left out; the longest has {found.longest:,}. {longest.en} sets the limit.",
            f"{found.rows:,} 行训练数据中有 {over:,} 行（{over / found.rows:.1%}）超过 {recipe.max_length:,} 个 token，将被截短或略过；"
            f"最长的有 {found.longest:,} 个 token。上限由{longest.zh}设定。",
        )
    if found.refused and found.example:
        line, why = found.example
        yield Text(
            f"{found.refused:,} training rows will be left out. The first is row {line}: {why.en}.",
            f"有 {found.refused:,} 行训练数据会被略过，第一处是第 {line} 行：{why.zh}。",
        )


def _unread(recipe: TrainRecipe, resolved: Resolved, dataset: Path) -> Iterator[Text]:
    """Yield a warning where the rows are in a language that the base model does not read."""
    model = resolved.ready("model")
    if model is not None and rows_language(dataset, "train", answers=True) == "zh" and reads_han(model) is False:
        language = NAMES["zh"]
        yield Text(
            f"The rows are in {language.en}, and {recipe.model} hardly reads any: its vocabulary has no {language.en} "
            "words. Fine-tuning cannot make up for that. Take a model that knows the language, such as Qwen2.5.",
            f"数据是{language.zh}，而 {recipe.model} 基本不懂{language.zh}（词表里几乎没有汉字），微调难以弥补。"
            f"请换用懂{language.zh}的模型，例如 Qwen2.5。",
        )


def _alike(recipe: TrainRecipe, resolved: Resolved) -> Hashable:
    """Return what the speed of a training hangs on beside its machine: the base model, and how a step computes."""
    model = resolved.references.get("model")
    base = base_folder(resolved.workspace, model.locate(resolved.workspace)) if model is not None else None
    return base, recipe.method.name, recipe.objective.name, recipe.batch_size, recipe.max_length, recipe.save_memory


def _worth(recipe: TrainRecipe, run: Run) -> float:
    return float(step_rows(recipe))


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


def variants(run: Path) -> dict[str, Variant]:
    """Return the checkpoints that a training holds, as models: `best`, and each by its step."""
    held = {item.name: Variant(item.model, item.sha256) for item in checkpoints.found(run)}
    best = checkpoints.best(run)
    return held | ({checkpoints.BEST: Variant(best.model, best.sha256)} if best else {})


def back(run: Run, name: str) -> None:
    """Have a training's next start go on from one of its checkpoints.

    Raises:
        InputError: it has none of that name, or none that a training can go on from.
    """
    found = checkpoints.find(run.path, name)
    resumable = [item.name for item in checkpoints.found(run.path) if item.resumable]
    if found is None or not found.resumable:
        listed = ", ".join(resumable)
        raise InputError(
            Text(
                f"the run {run.id} has no checkpoint '{name}' to go on from (there are: {listed or 'none'})",
                f"运行 {run.id} 没有可以继续的检查点“{name}”（现有：{listed or '无'}）",
            )
        )
    checkpoints.choose(run.path, found.step)


KIND = Kind(
    TrainRecipe,
    run,
    Text("Training", "训练"),
    check=check,
    forecast=forecast,
    pace=Pace("steps", _alike, _worth),
    makes=(Product(MODEL, "model", variants=variants),),
    kept={"dataset": _PLAN},
    back=back,
    measures=Measures(
        metrics={
            "loss": Text("training loss", "训练损失"),
            "eval_loss": Text("validation loss", "验证损失"),
            "train_loss": Text("training loss (mean of all steps)", "训练损失（全程平均）"),
            "learning_rate": Text("learning rate", "学习率"),
            "grad_norm": Text("gradient norm", "梯度范数"),
            "tokens_per_s": Text("tokens/s", "token/秒"),
            "samples_per_s": Text("samples/s", "样本/秒"),
            "steps": Text("steps", "步数"),
            "seconds": Text("computing", "计算用时"),
            "peak_memory_mb": Text("peak memory (MB)", "内存峰值（MB）"),
            "trainable_percent": Text("trainable weights (%)", "可训练参数（%）"),
        },
        units={"steps": Text("steps", "步")},
        together=(("loss", "eval_loss"),),
        decisive=("eval_loss", "loss"),
        effort=("steps", "seconds", "tokens_per_s", "samples_per_s", "peak_memory_mb"),
        meanings={
            "loss": Text(
                "How far the model is from the answers it learns from, over the latest steps; lower is better.",
                "最近几步里，模型与训练答案的差距，越低越好。",
            ),
            "eval_loss": Text(
                "The same on questions it does not learn from. Where it rises while the training loss falls, the model "
                "learns by heart.",
                "在没有参与训练的题目上的差距。训练损失下降而它上升，说明模型在死记硬背（过拟合）。",
            ),
            "grad_norm": Text("How strongly a step would change the model.", "每一步对模型的改动幅度。"),
        },
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
