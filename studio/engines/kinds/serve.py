"""`kind: serve`: a model or a knowledge base answers from a process of its own until it is stopped or idle."""

from __future__ import annotations

import signal
from collections.abc import Iterator
from contextlib import contextmanager

from studio.core.errors import Fault
from studio.core.settings import Workspace
from studio.core.text import Text
from studio.engines.recipe import ServeRecipe
from studio.models.folder import check_chat_model
from studio.runs.job import Job, Outcome
from studio.runs.kind import Kind, Measures, check_recipe
from studio.runs.references import check_place


def run(recipe: ServeRecipe, job: Job) -> Outcome:
    """Serve until stopped; writes `server.json` (url and token) while it is up."""
    from studio.engines.serve import serve

    recipe.require_consistent()
    folder = job.locate("model" if recipe.model else "knowledge")
    with _stopped_by_signal(job):
        totals = serve(recipe, folder, job.run.server_file, job.workspace, job)
    return Outcome(metrics=totals)


def check(recipe: ServeRecipe, workspace: Workspace) -> list[Fault]:
    """Return the names that mean nothing, a model that cannot answer, and more or less than one thing to serve."""
    faults = check_recipe(recipe, workspace)
    unfit = check_place(workspace, "model", recipe.model, "model", check_chat_model) if recipe.model else []
    return [*faults, *unfit]


@contextmanager
def _stopped_by_signal(job: Job) -> Iterator[None]:
    """Let whoever ends the process end the run: it says so itself, and is not taken for one that crashed."""
    before = signal.signal(signal.SIGTERM, lambda *_: job.run.ask_stop())
    try:
        yield
    finally:
        signal.signal(signal.SIGTERM, before)


KIND = Kind(
    ServeRecipe,
    run,
    Text("Serving", "服务"),
    heavy=False,
    check=check,
    stays_up=True,
    measures=Measures(
        metrics={
            "requests": Text("requests", "请求数"),
            "tokens": Text("tokens", "token 数"),
            "tokens_per_s": Text("tokens/s", "token/秒"),
        },
        along=Text("seconds", "秒"),
    ),
)
