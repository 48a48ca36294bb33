"""Training: a model learns a dataset's rows, by a method, for an objective."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from studio.core.named_input import NamedInput
from studio.core.reporter import Reporter, Stopped
from studio.core.text import Text, counted
from studio.core.workspace import Workspace
from studio.training import checkpoints, plan
from studio.training.environment import prepare_process
from studio.training.methods import METHODS
from studio.training.objectives import OBJECTIVES
from studio.training.recipe import TrainRecipe
from studio.training.steps import step_rows, total_steps

if TYPE_CHECKING:
    from transformers import PreTrainedTokenizerBase

    from studio.models.facts import ModelFacts
    from studio.training.objectives.base import LearnedRows

_AGAIN = Text("train into the same folder again", "再次训练到同一文件夹")


def train(
    recipe: TrainRecipe,
    base: NamedInput,
    dataset: Path,
    folder: Path,
    workspace: Workspace,
    report: Reporter,
    again: Text = _AGAIN,
) -> dict[str, float]:
    """Fine-tune a model on a dataset.

    Goes on from the newest whole checkpoint in `folder/checkpoints/`, with the rows in `folder/plan/`, for which the dataset
    need not be there any more. Writes `folder/model/`: an adapter or a whole
    model.

    Args:
        recipe: how it learns.
        base: the model it begins as.
        dataset: the folder that a dataset's run made.
        folder: where checkpoints and model go.
        workspace: where the bases of adapters lie, and where merged ones are kept.
        report: told how far it is, and asks to stop.
        again: how a user goes on after a full disk, in words that follow "Free some space, then".

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
    from peft import PeftModel
    from transformers import set_seed

    from studio.models.facts import facts_of
    from studio.models.load import load_tokenizer
    from studio.models.servable import servable
    from studio.training import output, trainer
    from studio.training.callback import RunCallback
    from studio.training.failures import explained
    from studio.training.tracked import tracked
    from studio.training.wording import wording

    report.stage("preparing", Text("Preparing rows and model", "准备数据和模型"))
    with trainer.quiet(), explained(folder, again), tracked(report, recipe.trackers, recipe, folder) as watched:
        whole = servable(workspace, base.path)
        facts = facts_of(whole)
        template = wording(facts, recipe.template, recipe.thinking)
        tokenizer = load_tokenizer(whole, template)
        objective, method = OBJECTIVES.load(recipe.objective.name), METHODS.load(recipe.method.name)
        rows = _rows(recipe, base, dataset, folder, workspace, report, facts, template, tokenizer)
        set_seed(recipe.seed)  # adapters begin at random
        model = method.prepare(whole, recipe, recipe.method.options)
        optimizer = method.optimizer(model, recipe, recipe.method.options) if method.optimizer else None
        total = total_steps(recipe, len(rows.train))
        callback = RunCallback(watched, folder, total, step_rows(recipe), objective.metrics)
        place = checkpoints.folder(folder)
        learner = trainer.build(
            objective, recipe.objective.options, recipe, model, tokenizer, rows, place, [callback], optimizer
        )
        callback.save, callback.validate = learner.checkpoint, learner.evaluate

        checkpoints.sweep(folder)
        begun = checkpoints.newest(folder)
        learning = sum(weights.numel() for weights in learner.model.parameters() if weights.requires_grad)
        share = plan.share(learning, facts.parameters + (learning if isinstance(learner.model, PeftModel) else 0))
        report.stage(
            "training",
            Text(
                f"Training on {counted(len(rows.train), 'row')}, {counted(total, 'step')}; {share:g}% of the weights learn "
                f"({learning:,})",
                f"用 {len(rows.train)} 行数据训练，共 {total} 步；可训练参数 {learning:,} 个，占 {share:g}%",
            ),
        )
        if begun is not None:
            callback.saved = checkpoints.step_of(begun)
            print(f"going on from step {callback.saved}", flush=True)
        learner.train(resume_from_checkpoint=str(begun) if begun else None)
        if callback.stopped:
            raise Stopped
        if rows.val and not recipe.evaluate_every:
            report.stage(
                "validating", Text(f"Validating on {counted(len(rows.val), 'row')}", f"用 {len(rows.val)} 行验证")
            )
            learner.evaluate()

        if report.leaving():  # the last checkpoint has it all: writing the model can wait
            raise Stopped
        report.stage("saving", Text("Saving the model", "保存模型"))
        output.write(learner.model, whole, base, folder / "model", workspace, template)
    return {**callback.metrics(), "trainable_percent": share}


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
