"""An evaluation: ask every system the same questions, then score what they said."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Mapping, Sequence
from contextlib import AbstractContextManager, ExitStack
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from types import MappingProxyType
from typing import Any

from studio.answering.endpoint import Endpoint
from studio.answering.system import System, Target
from studio.core.named_input import NamedInput
from studio.core.records import Sampling
from studio.core.reporter import Reporter
from studio.core.text import Text
from studio.core.workspace import Workspace
from studio.data.leaks.portion import Portion
from studio.data.records.question import Question
from studio.evaluation.asking import AnswerProgress, AnswerRecorder, ask_direct, ask_endpoint
from studio.evaluation.contamination import contamination
from studio.evaluation.judging import asking, at_work
from studio.evaluation.questions import choose
from studio.evaluation.recipe import EvaluateRecipe
from studio.evaluation.score import Answers, mark_system, score
from studio.evaluation.systems import systems_of
from studio.models.servable import servable
from studio.scoring.metrics import by_metric, raised
from studio.scoring.scorers import markers


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
    inputs: Mapping[str, NamedInput],
    folder: Path,
    workspace: Workspace,
    report: Reporter,
    http: OverHttp | None = None,
    about: Mapping[str, object] = MappingProxyType({}),
    learned: Mapping[str, Sequence[Portion]] = MappingProxyType({}),
) -> dict[str, float]:
    """Ask, score, compare and report. Of an evaluation that was killed, only what is still missing is asked.

    Args:
        recipe: who is asked what, and how.
        inputs: what the recipe names, by field: `dataset`, `models.0`.
        folder: where answers, figures and the report go.
        workspace: where the bases of adapters lie, and where merged ones are kept.
        report: told how far it is, and asks to stop.
        http: how modes ask that go over HTTP; not needed without them.
        about: what stands beside the figures in `metrics.json`: `run`, `inputs`, `packages`.
        learned: what models were trained on, by the recipe's field: `models.0`; nothing where nobody knows.

    Returns:
        Every figure, as `SYSTEM METRIC`.

    Raises:
        InputError: retrieval without a knowledge base, no questions, a model that cannot be loaded.
        UnavailableError: the endpoint or an engine does not answer.
        ValueError: a mode that goes over HTTP, or a scorer that asks a model, without `http`.
        Stopped: somebody asked; what was answered is kept.
    """
    systems = systems_of(recipe.models, recipe.modes, recipe.knowledge, recipe.top_k)
    questions = choose(inputs["dataset"].path, recipe.split, recipe.limit, recipe.seed)
    answers = Answers(folder)
    folder.mkdir(exist_ok=True)
    _ask_all(recipe, inputs, workspace, http, systems, questions, answers, report)
    known = contamination(questions, {system.model: learned.get(system.place, ()) for system in systems}, report)
    report.stage("score", Text("Scoring the answers", "给回答评分"))
    asked = asking(recipe.scorers)
    with ExitStack() as stack:
        at = stack.enter_context(http.endpoint()) if asked and http is not None else None
        models = {name: http.name(place) for name, place in asked.items()} if http is not None else dict(asked)
        opened = partial(at_work, recipe.scorers, at, models, answers.judged, recipe.concurrency, report)
        metrics = score(
            answers, questions, systems, _about(recipe, inputs, about), recipe.smallest_group, opened, known
        )
    return {
        f"{name} {metric}": float(figure["value"])
        for name, figures in metrics["systems"].items()
        for metric, figure in figures.items()
    }


def _ask_all(
    recipe: EvaluateRecipe,
    inputs: Mapping[str, NamedInput],
    workspace: Workspace,
    http: OverHttp | None,
    systems: Sequence[System[Question]],
    questions: Sequence[Question],
    answers: Answers,
    report: Reporter,
) -> None:
    given = answers.by_system()
    measured = {(line["contestant"], line["question"]) for line in answers.likelihoods.read()}
    done = sum(question.id in given.get(system.name, {}) for system in systems for question in questions)
    progress = AnswerProgress(report, done, len(systems) * len(questions))
    recorder = AnswerRecorder(report, answers, Sampling(max_tokens=recipe.max_tokens), recipe.concurrency, progress)
    with ExitStack() as stack:
        at: Endpoint | None = None
        # every model in this process first: no engine of the endpoint shares the memory with the one in this process
        for system in sorted(systems, key=lambda system: system.asked.over_http):
            missing = [question for question in questions if question.id not in given.get(system.name, {})]
            unmeasured = [
                question
                for question in questions
                if recipe.likelihood and question.is_choice and (system.name, question.id) not in measured
            ]
            if not missing and not (unmeasured and not system.asked.over_http):
                continue
            report.stage(system.name, Text(f"Asking {system.name}", f"提问 {system.name}"))
            progress.say()
            if not system.asked.over_http:
                folder = servable(workspace, inputs[system.place].path)
                asyncio.run(ask_direct(recorder, system, folder, missing, unmeasured))
            elif http is None:
                raise ValueError(f"{system.name} is asked over HTTP, and nothing says how")
            else:
                target = Target(http.name(system.place), http.name("knowledge") if system.knowledge else "")
                at = at or stack.enter_context(http.endpoint())
                asyncio.run(ask_endpoint(recorder, system, at, target, missing))
            report.metric(progress.done, _figures(recipe, system, questions, answers))


def _figures(
    recipe: EvaluateRecipe, system: System[Question], questions: Sequence[Question], answers: Answers
) -> dict[str, float]:
    """Return a system's figures as soon as it has answered, for the plots."""
    quick = {name: marker for name, marker in markers(recipe.scorers).items() if not marker.scorer.asks}
    marked = asyncio.run(mark_system(answers.by_system().get(system.name, {}), questions, quick))
    found = raised({system.name: by_metric(marked, questions, recipe.smallest_group, quick)})[system.name]
    return {f"{system.name} {metric}": measure.value for metric, measure in found.items()}


def _about(recipe: EvaluateRecipe, inputs: Mapping[str, NamedInput], about: Mapping[str, object]) -> dict[str, Any]:
    """Return what stands beside the figures: what was asked of whom, and with which versions."""
    return {
        "benchmark": recipe.dataset,
        "name": recipe.name,
        "dataset": recipe.dataset,
        "split": recipe.split,
        "seed": recipe.seed,
        "settings": {
            "models": list(recipe.models),
            "modes": [mode.dump() for mode in recipe.modes],
            "knowledge": recipe.knowledge,
            "top_k": recipe.top_k,
            "limit": recipe.limit,
            "max_tokens": recipe.max_tokens,
            "decoding": "greedy",
            "likelihood": recipe.likelihood,
            "scorers": [scorer.dump() for scorer in recipe.scorers],
            "concurrency": recipe.concurrency,
            "smallest_group": recipe.smallest_group,
            "seed": recipe.seed,
            **{f"{field}.sha256": named.sha256 for field, named in inputs.items() if named.sha256},
        },
        **about,
    }
