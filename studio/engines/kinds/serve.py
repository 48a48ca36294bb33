"""`kind: serve`: a model or a knowledge base answers from a process of its own until it is stopped or idle."""

from __future__ import annotations

from functools import partial

from studio.core.errors import Fault
from studio.core.text import Text
from studio.engines.recipe import ServeRecipe
from studio.models.chat_model import check_chat_model
from studio.runs.directory import Run
from studio.runs.job import Job, Outcome
from studio.runs.kind import Kind, Measures
from studio.runs.references import Resolved


def run(recipe: ServeRecipe, job: Job) -> Outcome:
    """Serve until stopped; writes `server.json` (url and token) while it is up."""
    from studio.engines.serve import serve

    recipe.require_consistent()
    folder = job.locate("model" if recipe.model else "knowledge")
    return Outcome(metrics=serve(recipe, folder, job.run.server_file, job.workspace, job))


def check(recipe: ServeRecipe, resolved: Resolved) -> list[Fault]:
    """Return a fault for a model that cannot answer."""
    return resolved.check("model", partial(check_chat_model, workspace=resolved.workspace))


def idle_s(run: Run) -> float | None:
    """Return for how many seconds a server that ends by itself has had nothing to do; None for one that is kept up."""
    from studio.engines import pool

    return pool.idle_s(run) if run.recipe_values().get("idle_minutes") is not None else None


KIND = Kind(
    ServeRecipe,
    run,
    Text("Serving", "服务"),
    heavy=False,
    check=check,
    stays_up=True,
    idle_s=idle_s,
    measures=Measures(
        metrics={
            "requests": Text("requests", "请求数"),
            "tokens": Text("tokens", "token 数"),
            "tokens_per_s": Text("tokens/s", "token/秒"),
        },
        along=Text("seconds", "秒"),
    ),
)
