"""`kind: evaluate`: the same questions to every system, scored and compared."""

from __future__ import annotations

from collections.abc import Collection, Hashable, Iterator, Mapping
from functools import partial
from itertools import islice
from typing import Any

from studio.core.errors import Fault, InputError
from studio.core.files import read_json
from studio.core.recipe_faults import REQUIRED
from studio.core.sort import Sort
from studio.core.text import Text
from studio.core.workspace import Workspace
from studio.data.counts import rows_language, rows_of
from studio.data.dataset_folder import SPLITS, record_of
from studio.data.leaks.leak import LEAKS_ABOUT
from studio.data.leaks.portion import Portion
from studio.data.records.question import Question
from studio.evaluation.judging import asking
from studio.evaluation.mismatch import known_leaks, learned_from, mismatches
from studio.evaluation.questions import require_questions
from studio.evaluation.recipe import EvaluateRecipe
from studio.evaluation.systems import systems_of
from studio.models.chat_model import check_chat_model
from studio.models.folder import base_folder
from studio.runs import references
from studio.runs.forecast import Amount, Forecast, Pace
from studio.runs.job import Job, Outcome
from studio.runs.kind import Introduction, Kind, Measures, Product
from studio.runs.lineage import made_from
from studio.runs.names import dataset_names, knowledge_names, made_names, model_names
from studio.runs.references import Reference, Resolved, public_name
from studio.runs.store import RunStore

_REPORTS = 30  # leak reports, the newest: a form must not wait
REPORT = Sort("report", Text("report", "报告"), ("metrics.json",))


def run(recipe: EvaluateRecipe, job: Job) -> Outcome:
    """Ask, score, compare and report; writes `report/`."""
    from studio.answering.endpoint import endpoint
    from studio.evaluation.evaluate import OverHttp, evaluate

    begin = partial(endpoint, job.workspace, job.run.id, job.path / "endpoint.log", recipe.concurrency, job)
    metrics = evaluate(
        recipe,
        {field: job.named(field) for field in job.references},
        job.path / "report",
        job.workspace,
        job,
        OverHttp(lambda field: public_name(job.workspace, field, job.references[field]), begin),
        _about(job),
        {
            field: _learned(job.workspace, job.references[field])
            for field in job.references
            if field.startswith("models.")
        },
    )
    return Outcome({"report": "report"}, metrics)


def check(recipe: EvaluateRecipe, resolved: Resolved) -> list[Fault]:
    """Return faults for retrieval without a knowledge base, models that cannot answer, and what has no name to be asked by."""
    try:
        systems = systems_of(recipe.models, recipe.modes, recipe.knowledge)
    except InputError as error:
        return [Fault(error.where, error.message)]
    if resolved.faults:
        return []
    judges = list(asking(recipe.scorers).values())
    chat = [*(f"models.{number}" for number in range(len(recipe.models))), *judges]
    talks = partial(check_chat_model, workspace=resolved.workspace)
    faults = [fault for field in chat if field in resolved.references for fault in resolved.check(field, talks)]
    faults += resolved.check("dataset", partial(require_questions, where=""))
    faults += [Fault(field, REQUIRED) for field in judges if field not in resolved.references]
    asked = [system for system in systems if system.asked.over_http]
    for field in dict.fromkeys(
        [*(system.place for system in asked), *("knowledge" for system in asked if system.knowledge)]
    ):
        try:
            public_name(resolved.workspace, field, resolved.references[field])
        except InputError as error:
            faults.append(Fault(field, error.message))
    return faults


def forecast(recipe: EvaluateRecipe, resolved: Resolved) -> Forecast:
    """Foresee the answers, and who or what does not read the language of the questions."""
    dataset = resolved.ready("dataset")
    if dataset is None or record_of(dataset) is not Question:
        return Forecast()
    held = rows_of(dataset, recipe.split)
    if not held:
        return Forecast(warnings=tuple(_none_held(recipe)) if held == 0 else ())
    systems = systems_of(recipe.models, recipe.modes, recipe.knowledge)
    questions = min(held, recipe.limit or held)
    amounts = (
        Amount(questions, Text("questions", "道题")),
        Amount(len({system.model for system in systems}), Text("models", "个模型"), "×"),
        Amount(len({system.mode for system in systems}), Text("modes", "种提问方式"), "×"),
        Amount(questions * len(systems), Text("answers", "个回答"), "="),
    )
    models = {system.model: resolved.ready(system.place) for system in systems}
    retrieves = any(system.knowledge for system in systems)
    warnings = mismatches(
        resolved.workspace,
        rows_language(dataset, recipe.split),
        {name: folder for name, folder in models.items() if folder is not None},
        recipe.knowledge,
        resolved.ready("knowledge") if retrieves else None,
    )
    said = (*warnings, *_studied(recipe, resolved))
    return Forecast(amounts, said, float(questions * len(systems)))


def _studied(recipe: EvaluateRecipe, resolved: Resolved) -> Iterator[Text]:
    """Yield which models have learned from the questions, as far as their runs and leak reports tell without a search."""
    asked, workspace = resolved.references["dataset"], resolved.workspace
    for number, model in enumerate(recipe.models):
        reference = resolved.references.get(f"models.{number}")
        learned = {dataset.path for dataset in made_from(workspace, reference, "dataset")} if reference else set()
        if asked.path in learned and recipe.split == "train":
            yield learned_from(model, recipe.dataset)
        elif learned and (found := _reported(workspace, learned, asked.path, recipe.split)):
            yield known_leaks(model, *found)


def _reported(workspace: Workspace, learned: Collection[str], asked: str, split: str) -> tuple[int, int, str] | None:
    """Return how many questions the newest leak report found in what was learned, of how many, and its name."""
    reports = (
        (entry, folder)
        for entry in RunStore(workspace).finished("leaks", "dataset")
        if (folder := entry.output("leaks")) is not None
    )
    for entry, folder in islice(reports, _REPORTS):
        named, own = references.load(entry.run.inputs().get("references")), entry.output("dataset")
        about = read_json(folder / LEAKS_ABOUT)
        tests = about.get("against") if about is not None else None
        looked_through = (
            workspace.relative(own).as_posix() if own else named["dataset"].path if "dataset" in named else ""
        )
        if looked_through not in learned or not isinstance(tests, list):
            continue
        paths = {reference.given: reference.path for reference in named.values()}
        for test in tests:
            if paths.get(test.get("dataset")) == asked and test["split"] == split:
                return (test["found"], test["questions"], entry.name) if test["found"] else None
    return None


def _none_held(recipe: EvaluateRecipe) -> Iterator[Text]:
    part = SPLITS[recipe.split]
    yield Text(
        f"The {part.en.lower()} split of this dataset holds no questions; choose another one.",
        f"这个数据集的{part.zh}里没有题目，请换一个数据划分。",
    )


def _alike(recipe: EvaluateRecipe, resolved: Resolved) -> Hashable:
    """Return what the speed of an evaluation hangs on beside its machine: who is asked, in which modes, for how long an answer."""
    models = (reference for field, reference in resolved.references.items() if field.startswith("models."))
    bases = {base_folder(resolved.workspace, model.locate(resolved.workspace)) for model in models}
    return frozenset(bases), frozenset(mode.name for mode in recipe.modes), recipe.max_tokens, recipe.likelihood


def _about(job: Job) -> dict[str, object]:
    """Return what the figures were made of, and with."""
    inputs = job.run.inputs()
    return {
        "run": job.run.id,
        "inputs": {
            field: {"given": reference.given, "path": reference.path, "sha256": reference.sha256}
            for field, reference in job.references.items()
        },
        "packages": {**inputs.get("packages", {}), "revision": str(inputs.get("revision", ""))},
    }


def _learned(workspace: Workspace, model: Reference) -> list[Portion]:
    """Return what a model was trained on, as far as it is here."""
    datasets = made_from(workspace, model, "dataset")
    return [
        Portion(dataset.given, dataset.locate(workspace), "train")
        for dataset in datasets
        if (dataset.locate(workspace) / "train.jsonl").is_file()
    ]


def _offered(workspace: Workspace) -> Mapping[str, Any]:
    """Offer a base model beside the newest fine-tuned one, on the newest dataset, with the newest knowledge base."""
    trained = made_names(workspace, "model")
    base = [name for name in model_names(workspace) if name not in trained]
    knowledge = knowledge_names(workspace)[:1]
    dataset = dataset_names(workspace)[:1]
    return {
        "name": "my-report",
        "models": [*base[:1], *trained[:1]],
        "modes": ["direct", "api", *(["rag"] if knowledge else [])],
        **({"dataset": dataset[0]} if dataset else {}),
        **({"knowledge": knowledge[0]} if knowledge else {}),
    }


KIND = Kind(
    EvaluateRecipe,
    run,
    Text("Evaluation", "评测"),
    check=check,
    forecast=forecast,
    pace=Pace("answers", _alike),
    makes=(Product(REPORT, "report"),),
    measures=Measures(units={"answers": Text("answers", "个回答")}),
    introduction=Introduction(
        tab="evaluate",
        order=50,
        title=Text("Evaluate", "评测"),
        summary=Text("compare models on the same questions", "用同样的题目比较各个模型"),
        intro=Text(
            "The same questions go to every model; confidence intervals and paired tests tell real differences from chance.",
            "用同样的题目评测各个模型，并给出置信区间和配对检验，区分真实差异与随机波动。",
        ),
        offered=_offered,
        follows={
            "dataset": Text("Evaluate on it", "用它评测"),
            "model": Text("Evaluate it", "评测这个模型"),
            "knowledge": Text("Evaluate with it", "用它评测"),
        },
    ),
)
