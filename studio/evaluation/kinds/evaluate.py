"""`kind: evaluate`: the same questions to every system, scored and compared."""

from __future__ import annotations

from collections.abc import Mapping
from functools import partial
from typing import Any

from studio.core.errors import Fault, InputError
from studio.core.recipe import REQUIRED
from studio.core.sort import Sort
from studio.core.text import Text
from studio.core.workspace import Workspace
from studio.evaluation.judging import asking
from studio.evaluation.recipe import EvaluateRecipe
from studio.evaluation.systems import systems_of
from studio.models.folder import check_chat_model
from studio.runs.job import Job, Outcome
from studio.runs.kind import Introduction, Kind, Measures, Product
from studio.runs.names import dataset_names, knowledge_names, made_names, model_names
from studio.runs.references import Resolved, public_name

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
    faults = [
        fault for field in chat if field in resolved.references for fault in resolved.check(field, check_chat_model)
    ]
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
        follows={"dataset": Text("Evaluate on it", "用它评测"), "model": Text("Evaluate it", "评测它")},
    ),
)
