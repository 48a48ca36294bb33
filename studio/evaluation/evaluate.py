"""An evaluation: ask every contestant the same questions, then score what they said."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from contextlib import ExitStack
from typing import Any, Protocol

from studio.core.records import Question, Sampling
from studio.core.text import Text
from studio.evaluation.asking import Desk, Progress, ask_direct, ask_endpoint
from studio.evaluation.contestants import Contestant, Way, contestants, public_name
from studio.evaluation.endpoint import Endpoint, endpoint
from studio.evaluation.marks import columns, raised
from studio.evaluation.questions import choose
from studio.evaluation.score import Answers, mark_contestant, score
from studio.models.servable import servable
from studio.runs.job import Job, Outcome


class Plan(Protocol):
    """What an evaluation needs to know; the recipe of `kind: evaluate` is one."""

    @property
    def name(self) -> str: ...
    @property
    def dataset(self) -> str: ...
    @property
    def split(self) -> str: ...
    @property
    def models(self) -> Sequence[str]: ...
    @property
    def ways(self) -> Sequence[Way]: ...
    @property
    def knowledge(self) -> str: ...
    @property
    def top_k(self) -> int: ...
    @property
    def limit(self) -> int | None: ...
    @property
    def max_tokens(self) -> int: ...
    @property
    def likelihood(self) -> bool: ...
    @property
    def concurrency(self) -> int: ...
    @property
    def smallest_group(self) -> int: ...
    @property
    def seed(self) -> int: ...


def evaluate(plan: Plan, job: Job) -> Outcome:
    """Ask, score, compare and report; writes `report/`. A run that was killed asks only what is still missing.

    Raises:
        InputError: rag without a knowledge base, no questions, a model that cannot be loaded.
        UnavailableError: the endpoint or an engine does not answer.
    """
    everyone = contestants(plan.models, plan.ways, plan.knowledge)
    questions = choose(job.locate("dataset"), plan.split, plan.limit, plan.seed)
    answers = Answers(job.path / "report")
    answers.folder.mkdir(exist_ok=True)
    _ask_everyone(plan, job, everyone, questions, answers)
    job.stage("score", Text("Scoring the answers", "给回答评分"))
    metrics = score(answers, questions, everyone, _about(plan, job), plan.smallest_group)
    values = {
        f"{name} {metric}": float(figure["value"])
        for name, figures in metrics["contestants"].items()
        for metric, figure in figures.items()
    }
    return Outcome({"report": "report"}, values)


def _ask_everyone(
    plan: Plan, job: Job, everyone: Sequence[Contestant], questions: Sequence[Question], answers: Answers
) -> None:
    given = answers.by_contestant()
    measured = {(line["contestant"], line["question"]) for line in answers.likelihoods.read()}
    done = sum(question.id in given.get(who.name, {}) for who in everyone for question in questions)
    progress = Progress(job, done, len(everyone) * len(questions))
    desk = Desk(job, answers, Sampling(max_tokens=plan.max_tokens), plan.concurrency, progress)
    with ExitStack() as stack:
        at: Endpoint | None = None
        # every direct first: no engine of the endpoint shares the memory with the one in this process
        for who in sorted(everyone, key=lambda who: who.way != "direct"):
            missing = [question for question in questions if question.id not in given.get(who.name, {})]
            unmeasured = [
                question
                for question in questions
                if plan.likelihood and question.is_choice and (who.name, question.id) not in measured
            ]
            if not missing and not (unmeasured and who.way == "direct"):
                continue
            job.stage(who.name, Text(f"Asking {who.name}", f"提问 {who.name}"))
            progress.say()
            if who.way == "direct":
                folder = servable(job.workspace, job.locate(who.field))
                asyncio.run(ask_direct(desk, who, folder, missing, unmeasured))
            else:
                name = public_name(job.workspace, who.field, job.references[who.field])
                at = at or stack.enter_context(endpoint(job, plan.concurrency))
                if who.way == "api":
                    asyncio.run(ask_endpoint(desk, who, at, name, missing))
                else:
                    base = public_name(job.workspace, "knowledge", job.references["knowledge"])
                    asyncio.run(ask_endpoint(desk, who, at, f"{name}@{base}", missing, plan.top_k))
            _say_figures(plan, job, who, questions, answers, progress.done)


def _say_figures(
    plan: Plan, job: Job, who: Contestant, questions: Sequence[Question], answers: Answers, step: int
) -> None:
    """Record a contestant's figures as soon as it has answered, for the run's plots."""
    marked = mark_contestant(answers.by_contestant().get(who.name, {}), questions)
    found = raised({who.name: columns(marked, questions, plan.smallest_group)})[who.name]
    values = {f"{who.name} {metric}": column.value for metric, column in found.items()}
    job.events.metric(step, values)


def _about(plan: Plan, job: Job) -> dict[str, Any]:
    """Return what stands beside the figures: what was asked of whom, and with which versions."""
    inputs = job.run.inputs()
    pinned = {
        field: {"given": reference.given, "path": reference.path, "sha256": reference.sha256}
        for field, reference in job.references.items()
    }
    return {
        "benchmark": plan.dataset,
        "name": plan.name,
        "run": job.run.id,
        "dataset": plan.dataset,
        "split": plan.split,
        "seed": plan.seed,
        "settings": {
            "models": list(plan.models),
            "ways": list(plan.ways),
            "knowledge": plan.knowledge,
            "top_k": plan.top_k,
            "limit": plan.limit,
            "max_tokens": plan.max_tokens,
            "decoding": "greedy",
            "likelihood": plan.likelihood,
            "concurrency": plan.concurrency,
            "smallest_group": plan.smallest_group,
            "seed": plan.seed,
            **{f"{field}.sha256": reference["sha256"] for field, reference in pinned.items() if reference["sha256"]},
        },
        "inputs": pinned,
        "packages": {**inputs.get("packages", {}), "revision": str(inputs.get("revision", ""))},
    }
