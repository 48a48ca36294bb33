"""Training: a model learns a dataset's rows, by a method, for an objective."""

from __future__ import annotations

from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from studio.core.named_input import NamedInput
from studio.core.reporter import Reporter, Stopped
from studio.core.text import Text, counted
from studio.core.workspace import Workspace
from studio.training import checkpoints, plan, retention
from studio.training.checkpoints import Checkpoint
from studio.training.environment import prepare_process
from studio.training.methods import METHODS
from studio.training.objectives import OBJECTIVES
from studio.training.objectives.base import Objective
from studio.training.recipe import TrainRecipe
from studio.training.retention import Spared, nobody
from studio.training.steps import step_rows, total_steps
from studio.training.validation import Judge

if TYPE_CHECKING:
    from transformers import PreTrainedTokenizerBase

    from studio.models.facts import ModelFacts
    from studio.training.callback import RunCallback
    from studio.training.objectives.base import LearnedRows
    from studio.training.output import Origin
    from studio.training.run_trainer import RunTrainer

_AGAIN = Text("train into the same folder again", "再次训练到同一文件夹")


def train(
    recipe: TrainRecipe,
    base: NamedInput,
    dataset: Path,
    folder: Path,
    workspace: Workspace,
    report: Reporter,
    again: Text = _AGAIN,
    spared: Spared = nobody,
    continued: Checkpoint | None = None,
) -> dict[str, float]:
    """Fine-tune a model on a dataset.

    Goes on from the newest whole checkpoint in `folder/checkpoints/`, or from the one chosen there, with the rows in
    `folder/plan/`, for which the dataset need not be there any more. Writes `folder/model/`: an adapter or a whole model.

    Args:
        recipe: how it learns.
        base: the model it begins as.
        dataset: the folder that a dataset's run made.
        folder: where checkpoints and model go.
        workspace: where the bases of adapters lie, and where merged ones are kept.
        report: told how far it is, and asks to stop.
        again: how a user goes on after a full disk, in words that follow "Free some space, then".
        spared: tells which checkpoints something needs, so that they stay.
        continued: the checkpoint of another training whose weights and optimizer are gone on with.

    Returns:
        `train_loss` (mean over the steps) and, where there are validation rows, `eval_loss`, both in nats a token;
        `steps`; and of this process alone, without what was done before a resume: `seconds` in optimizer steps,
        `tokens_per_s` (padding not counted), `samples_per_s`, `peak_memory_mb`; `trainable_percent` of the weights, the
        adapters counted as part of the model.

    Raises:
        InputError: the model cannot be loaded, or the dataset has nothing to learn from.
        StudioError: the loss is no number any more, or memory ran out.
        UnavailableError: the disk is full.
        Stopped: somebody asked; a checkpoint is saved.
    """
    prepare_process()
    from transformers import set_seed

    from studio.models.facts import facts_of
    from studio.models.load import load_tokenizer
    from studio.models.servable import servable
    from studio.training import trainer
    from studio.training.failures import explained
    from studio.training.output import Origin
    from studio.training.saver import Saver
    from studio.training.tracked import tracked
    from studio.training.wording import wording

    report.stage("preparing", Text("Preparing rows and model", "准备数据和模型"))
    with trainer.quiet(), explained(folder, again), tracked(report, recipe.trackers, recipe, folder) as watched:
        whole = servable(workspace, base.path)
        template = wording(facts := facts_of(whole), recipe.template, recipe.thinking)
        tokenizer = load_tokenizer(whole, template)
        objective, method = OBJECTIVES.load(recipe.objective.name), METHODS.load(recipe.method.name)
        rows = _rows(recipe, base, dataset, folder, workspace, report, facts, template, tokenizer)
        set_seed(recipe.seed)  # adapters begin at random
        model = method.prepare(whole, recipe, recipe.method.options)
        optimizer = method.optimizer(model, recipe, recipe.method.options) if method.optimizer else None
        began, origin = continued.step if continued else 0, Origin(whole, base, workspace, template)
        total = began + total_steps(recipe, len(rows.train))
        callback = _callback(recipe, objective, folder, (began, total), spared, watched)
        options, place = recipe.objective.options, checkpoints.folder(folder)
        learner = trainer.build(objective, options, recipe, model, tokenizer, rows, place, [callback], optimizer, began)
        callback.save, callback.validate = learner.checkpoint, learner.evaluate
        learner.narrowed, learner.write = callback.narrowed, Saver(folder, origin, callback.about)

        checkpoints.sweep(folder)
        begun = checkpoints.newest(folder) or continued
        if begun is not None and begun == continued:
            report.notice(_continuing(recipe, began, total))
        learning, share = _learning(learner, facts)
        report.stage("training", _training(len(rows.train), total - began, learning, share))
        _go_on(learner, callback, begun)
        if callback.stopped:
            raise Stopped
        if rows.val and not recipe.evaluate_every:
            report.stage("validating", _validating(len(rows.val)))
            learner.evaluate()
        if callback.exhausted:
            report.notice(_ended(recipe, callback.done, total, folder))
        if report.leaving():  # the last checkpoint has it all: writing the model can wait
            raise Stopped
        report.stage("saving", Text("Saving the model", "保存模型"))
        _conclude(recipe, learner, origin, folder)
    return {**callback.metrics(), "trainable_percent": share}


def _callback(
    recipe: TrainRecipe, objective: Objective, folder: Path, span: tuple[int, int], spared: Spared, report: Reporter
) -> RunCallback:
    from studio.training.callback import RunCallback

    judge = Judge(recipe.best_by, objective.judged[recipe.best_by], recipe.patience)
    every_s = None if recipe.checkpoint_minutes is None else 60 * recipe.checkpoint_minutes
    retain = partial(retention.prune, folder, recipe.keep, spared)
    began, total = span
    return RunCallback(report, folder, total, step_rows(recipe), objective.metrics, judge, every_s, began, retain)


def _go_on(learner: RunTrainer, callback: RunCallback, begun: Checkpoint | None) -> None:
    """Train, from a checkpoint where there is one, until the training ends or is stopped."""
    if begun is not None:
        callback.saved, learner.parts = begun.step, begun.parts
        print(f"going on from step {begun.step}", flush=True)
    with callback.ending():
        learner.train(resume_from_checkpoint=str(begun.path) if begun else None)  # type: ignore[attr-defined]  # the trainer's own


def _conclude(recipe: TrainRecipe, learner: RunTrainer, origin: Origin, folder: Path) -> None:
    """Write the model of a training that is over, and leave of its checkpoints what may still be needed."""
    from studio.training import output

    best = checkpoints.best(folder)
    if recipe.result == "best" and best is not None:
        learner.restore(best)
    output.write(learner.model, origin, folder / "model")
    retention.finish(folder, recipe.keep_optimizer)


def _continuing(recipe: TrainRecipe, began: int, total: int) -> Text:
    return Text(
        f"Going on from step {began} with its weights and its optimizer. The learning rate is planned anew: up to "
        f"{recipe.learning_rate:g} and down again over the further {counted(total - began, 'step')}.",
        f"从第 {began} 步接着训练，沿用权重和优化器状态。学习率重新安排：升到 {recipe.learning_rate:g}，再在后续 {total - began} 步内降下来。",
    )


def _learning(learner: RunTrainer, facts: ModelFacts) -> tuple[int, float]:
    """Return how many weights learn, and which share of the model they are, in per cent."""
    from peft import PeftModel

    learning = sum(weights.numel() for weights in learner.model.parameters() if weights.requires_grad)
    return learning, plan.share(learning, facts.parameters + (learning if isinstance(learner.model, PeftModel) else 0))


def _training(rows: int, steps: int, learning: int, share: float) -> Text:
    return Text(
        f"Training on {counted(rows, 'row')}, {counted(steps, 'step')}; {share:g}% of the weights learn ({learning:,})",
        f"用 {rows} 行数据训练，共 {steps} 步；可训练参数 {learning:,} 个，占 {share:g}%",
    )


def _validating(rows: int) -> Text:
    return Text(f"Validating on {counted(rows, 'row')}", f"用 {rows} 行验证")


def _ended(recipe: TrainRecipe, step: int, total: int, folder: Path) -> Text:
    best = checkpoints.best(folder)
    en, zh = (f" The best is {best.name}.", f"最优的是 {best.name}。") if best else ("", "")
    return Text(
        f"Ended at step {step} of {total}: {counted(recipe.patience or 0, 'validation')} in a row without a better one.{en}",
        f"在第 {step} 步（共 {total} 步）提前结束：连续 {recipe.patience} 次验证没有变好。{zh}",
    )


def _rows(
    recipe: TrainRecipe,
    base: NamedInput,
    dataset: Path,
    folder: Path,
    workspace: Workspace,
    report: Reporter,
    facts: ModelFacts,
    template: str,
    tokenizer: PreTrainedTokenizerBase,
) -> LearnedRows:
    """Return the rows that the plan in a folder holds; made from the dataset, and planned, where it holds none."""
    from studio.models.load import dtype

    of = plan.digest(recipe, workspace.relative(dataset), workspace.relative(base.path), template)
    planned = plan.read(folder, of)
    if planned is not None:
        return planned
    objective = OBJECTIVES.load(recipe.objective.name)
    rows = objective.load(dataset, tokenizer, recipe, recipe.objective.options, report)
    spoken = replace(facts, tokenizer=replace(facts.tokenizer, template=template or facts.template))
    plan.write(
        folder,
        rows,
        of=of,
        steps=total_steps(recipe, len(rows.train)),
        precision=str(dtype()).removeprefix("torch."),
        ends=spoken.ends,
        parameters=facts.parameters,
        trainable=plan.trainable(recipe, facts),
    )
    return plan.read(folder, of) or rows
