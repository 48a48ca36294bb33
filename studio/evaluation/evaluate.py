"""An evaluation: ask every contestant the same questions, then score what they said."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Mapping, Sequence
from contextlib import AbstractContextManager, ExitStack
from dataclasses import dataclass
from pathlib import Path
from types import MappingProxyType
from typing import Any

from studio.core.named import Named
from studio.core.records import Sampling
from studio.core.reporter import Reporter
from studio.core.settings import Workspace
from studio.core.text import Text
from studio.data.records.question import Question
from studio.evaluation.asking import Desk, Progress, ask_direct, ask_endpoint
from studio.evaluation.contestants import Contestant, contestants
from studio.evaluation.endpoint import Endpoint
from studio.evaluation.questions import choose
from studio.evaluation.recipe import EvaluateRecipe
from studio.evaluation.score import Answers, mark_contestant, score
from studio.models.servable import servable
from studio.scoring.marks import columns, raised


@dataclass(frozen=True)
class OverHttp:
    """How models are asked as other programs ask them.

    Args:
        name: returns the name that the endpoint knows a thing by now, by the recipe's field: `models.0`, `knowledge`.
        endpoint: starts the endpoint for the length of a block; entered once, and only where something is left to ask.
    """

    name: Callable[[str], str]
    endpoint: Callable[[], AbstractContextManager[Endpoint]]


def evaluate(
    recipe: EvaluateRecipe,
    inputs: Mapping[str, Named],
    folder: Path,
    workspace: Workspace,
    report: Reporter,
    http: OverHttp | None = None,
    about: Mapping[str, object] = MappingProxyType({}),
) -> dict[str, float]:
    """Ask, score, compare and report. Of an evaluation that was killed, only what is still missing is asked.

    Args:
        recipe: who is asked what, and how.
        inputs: what the recipe names, by field: `dataset`, `models.0`.
        folder: where answers, figures and the report go.
        workspace: where the bases of adapters lie, and where merged ones are kept.
        report: told how far it is, and asks to stop.
        http: how `api` and `rag` ask; not needed without them.
        about: what stands beside the figures in `metrics.json`: `run`, `inputs`, `packages`.

    Returns:
        Every figure, as `CONTESTANT METRIC`.

    Raises:
        InputError: rag without a knowledge base, no questions, a model that cannot be loaded.
        UnavailableError: the endpoint or an engine does not answer.
        ValueError: api or rag without `http`.
        Stopped: somebody asked; what was answered is kept.
    """
    everyone = contestants(recipe.models, recipe.ways, recipe.knowledge)
    questions = choose(inputs["dataset"].path, recipe.split, recipe.limit, recipe.seed)
    answers = Answers(folder)
    folder.mkdir(exist_ok=True)
    _ask_everyone(recipe, inputs, workspace, http, everyone, questions, answers, report)
    report.stage("score", Text("Scoring the answers", "给回答评分"))
    metrics = score(answers, questions, everyone, _about(recipe, inputs, about), recipe.smallest_group)
    return {
        f"{name} {metric}": float(figure["value"])
        for name, figures in metrics["contestants"].items()
        for metric, figure in figures.items()
    }


def _ask_everyone(
    recipe: EvaluateRecipe,
    inputs: Mapping[str, Named],
    workspace: Workspace,
    http: OverHttp | None,
    everyone: Sequence[Contestant],
    questions: Sequence[Question],
    answers: Answers,
    report: Reporter,
) -> None:
    given = answers.by_contestant()
    measured = {(line["contestant"], line["question"]) for line in answers.likelihoods.read()}
    done = sum(question.id in given.get(who.name, {}) for who in everyone for question in questions)
    progress = Progress(report, done, len(everyone) * len(questions))
    desk = Desk(report, answers, Sampling(max_tokens=recipe.max_tokens), recipe.concurrency, progress)
    with ExitStack() as stack:
        at: Endpoint | None = None
        # every direct first: no engine of the endpoint shares the memory with the one in this process
        for who in sorted(everyone, key=lambda who: who.way != "direct"):
            missing = [question for question in questions if question.id not in given.get(who.name, {})]
            unmeasured = [
                question
                for question in questions
                if recipe.likelihood and question.is_choice and (who.name, question.id) not in measured
            ]
            if not missing and not (unmeasured and who.way == "direct"):
                continue
            report.stage(who.name, Text(f"Asking {who.name}", f"提问 {who.name}"))
            progress.say()
            if who.way == "direct":
                folder = servable(workspace, inputs[who.field].path)
                asyncio.run(ask_direct(desk, who, folder, missing, unmeasured))
            elif http is None:
                raise ValueError(f"{who.name} is asked over HTTP, and nothing says how")
            else:
                name = http.name(who.field)
                at = at or stack.enter_context(http.endpoint())
                if who.way == "api":
                    asyncio.run(ask_endpoint(desk, who, at, name, missing))
                else:
                    model = f"{name}@{http.name('knowledge')}"
                    asyncio.run(ask_endpoint(desk, who, at, model, missing, recipe.top_k))
            report.metric(progress.done, _figures(recipe, who, questions, answers))


def _figures(
    recipe: EvaluateRecipe, who: Contestant, questions: Sequence[Question], answers: Answers
) -> dict[str, float]:
    """Return a contestant's figures as soon as it has answered, for the plots."""
    marked = mark_contestant(answers.by_contestant().get(who.name, {}), questions)
    found = raised({who.name: columns(marked, questions, recipe.smallest_group)})[who.name]
    return {f"{who.name} {metric}": column.value for metric, column in found.items()}


def _about(recipe: EvaluateRecipe, inputs: Mapping[str, Named], about: Mapping[str, object]) -> dict[str, Any]:
    """Return what stands beside the figures: what was asked of whom, and with which versions."""
    return {
        "benchmark": recipe.dataset,
        "name": recipe.name,
        "dataset": recipe.dataset,
        "split": recipe.split,
        "seed": recipe.seed,
        "settings": {
            "models": list(recipe.models),
            "ways": list(recipe.ways),
            "knowledge": recipe.knowledge,
            "top_k": recipe.top_k,
            "limit": recipe.limit,
            "max_tokens": recipe.max_tokens,
            "decoding": "greedy",
            "likelihood": recipe.likelihood,
            "concurrency": recipe.concurrency,
            "smallest_group": recipe.smallest_group,
            "seed": recipe.seed,
            **{f"{field}.sha256": named.sha256 for field, named in inputs.items() if named.sha256},
        },
        **about,
    }
