"""`kind: lengths`: how long a dataset's rows are as a model sees them."""

from __future__ import annotations

from collections.abc import Hashable, Mapping
from functools import partial
from pathlib import Path
from typing import Any

from studio.core.errors import Fault, InputError
from studio.core.text import Text
from studio.core.workspace import Workspace
from studio.data.counts import rows_of
from studio.data.dataset_folder import SPLITS
from studio.models.chat_model import require_language_model
from studio.models.facts import facts_of, whole_facts
from studio.models.folder import base_folder, tokenizer_folder
from studio.runs.directory import Run
from studio.runs.forecast import Amount, Forecast, Pace
from studio.runs.job import Job, Outcome
from studio.runs.kind import Kind, Measures
from studio.runs.references import Resolved
from studio.runs.store import RunStore
from studio.training.lengths import PartLengths, measure, read, write
from studio.training.lesson import LessonOptions
from studio.training.recipe import LengthsRecipe, TrainRecipe
from studio.training.soundness import wording_faults
from studio.training.wording import wording

OUTPUT = "lengths"
_EMBEDS = Text("this is an embedding model; it has no chat template", "这是向量模型，没有对话模板")


Measured = tuple[Mapping[str, Any] | str, int, str, str]


def measured(recipe: LengthsRecipe | TrainRecipe) -> Measured:
    """Return what lengths hang on beside model and dataset: objective and seed, chat template and thinking."""
    return recipe.objective.dump(), recipe.seed, recipe.template, recipe.thinking


def options_of(options: object) -> LessonOptions:
    """Return the options that word the rows, of an objective that has some."""
    return options if isinstance(options, LessonOptions) else LessonOptions()


def run(recipe: LengthsRecipe, job: Job) -> Outcome:
    """Measure; writes `lengths/`."""
    from studio.models.load import load_tokenizer

    job.stage("tokenizer", Text("Loading the tokenizer", "加载分词器"))
    folder = tokenizer_folder(job.workspace, job.locate("model"))
    tokenizer = load_tokenizer(folder, wording(facts_of(folder), recipe.template, recipe.thinking))
    found = measure(job.locate("dataset"), tokenizer, options_of(recipe.objective.options), recipe.seed, job)
    write(job.path / OUTPUT, found)
    return Outcome({OUTPUT: OUTPUT}, {"longest": float(max(part.longest for part in found.values()))})


def check(recipe: LengthsRecipe, resolved: Resolved) -> list[Fault]:
    """Return a fault for a model that has no chat template."""
    if resolved.faults:
        return []
    talks = partial(require_language_model, workspace=resolved.workspace, embeds=_EMBEDS)
    model = resolved.ready("model")
    faults = resolved.check("model", talks)
    return [*wording_faults(recipe, whole_facts(resolved.workspace, model))] if model and not faults else faults


def known(workspace: Workspace, model: Path, dataset: Path, asked: Measured) -> Run | None:
    """Return the newest run that measured a dataset's rows as a training would see them, however far it is.

    Args:
        model: any model with the tokenizer: the base of an adapter counts as the adapter.
    """
    here = workspace.relative(dataset).as_posix()
    base = base_folder(workspace, model)
    for entry in RunStore(workspace).entries("lengths"):
        if entry.uses.get("dataset") != here or base_folder(workspace, workspace.path(entry.uses["model"])) != base:
            continue
        values = entry.run.recipe_values()
        try:
            recipe = LengthsRecipe.model_validate(values)
        except ValueError:
            continue
        if measured(recipe) == asked:
            return entry.run
    return None


def known_lengths(workspace: Workspace, model: Path, dataset: Path, asked: Measured) -> dict[str, PartLengths]:
    """Return the lengths that such a run has found; none where it has not finished."""
    found = known(workspace, model, dataset, asked)
    folder = found.output(OUTPUT) if found is not None else None
    return read(folder) if folder is not None else {}


def forecast(recipe: LengthsRecipe, resolved: Resolved) -> Forecast:
    """Foresee how many rows are measured."""
    dataset = resolved.ready("dataset")
    try:
        rows = sum(rows_of(dataset, split) or 0 for split in SPLITS) if dataset is not None else 0
    except InputError:
        return Forecast()
    return Forecast((Amount(rows, Text("rows", "行")),), work=float(rows)) if rows else Forecast()


def _alike(recipe: LengthsRecipe, resolved: Resolved) -> Hashable:
    model = resolved.references.get("model")
    return base_folder(resolved.workspace, model.locate(resolved.workspace)) if model is not None else None


KIND = Kind(
    LengthsRecipe,
    run,
    Text("Row lengths", "长度统计"),
    heavy=False,
    check=check,
    forecast=forecast,
    pace=Pace("rows", _alike),
    measures=Measures(
        metrics={"longest": Text("longest row (tokens)", "最长的行（token 数）")}, units={"rows": Text("rows", "行")}
    ),
)
