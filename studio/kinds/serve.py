"""`kind: serve`: a model or a knowledge base answers from a process of its own until it is stopped or idle."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal

from studio.core.errors import Fault
from studio.core.option import option
from studio.core.recipe import Recipe
from studio.core.settings import Workspace
from studio.core.text import Text
from studio.kinds._kind import Kind, check_chat_model, check_references
from studio.runs.job import Job, Outcome

if TYPE_CHECKING:
    Engine = str
else:
    Engine = Literal["local"]


class ServeRecipe(Recipe):
    """Keep a model, or a knowledge base, in memory and answer."""

    kind: Literal["serve"] = "serve"
    model: str = option(
        "",
        label=Text("Model", "模型"),
        help=Text(
            "The model to serve; leave empty to serve a knowledge base.", "要提供服务的模型；若要提供知识库则留空。"
        ),
        refers="model",
    )
    knowledge: str = option(
        "",
        label=Text("Knowledge base", "知识库"),
        help=Text(
            "The knowledge base to serve; leave empty to serve a model.", "要提供服务的知识库；若要提供模型则留空。"
        ),
        refers="knowledge",
    )
    engine: Engine = option(
        "local",
        label=Text("Engine", "引擎"),
        help=Text(
            "local: transformers' continuous batching in this machine.", "local：本机上 transformers 的连续批处理。"
        ),
        advanced=True,
    )
    idle_minutes: float | None = option(
        None,
        label=Text("End when idle", "空闲后结束"),
        help=Text(
            "Minutes without a request after which it ends; empty keeps it up.",
            "连续多少分钟没有请求后结束；留空则一直运行。",
        ),
        gt=0,
    )
    max_context: int = option(
        2048,
        label=Text("Longest context", "最长上下文"),
        help=Text(
            "Tokens of prompt and answer together, at most what the model was made for.",
            "提问与回答合计的 token 上限，不超过模型本身的上限。",
        ),
        ge=64,
        advanced=True,
    )


def run(recipe: ServeRecipe, job: Job) -> Outcome:
    """Serve until stopped; writes `server.json` (url and token) while it is up."""
    from studio.engines.serve import serve

    return serve(recipe, job)


def check(recipe: ServeRecipe, workspace: Workspace) -> list[Fault]:
    """Return the names that mean nothing, a model that cannot answer, and more or less than one thing to serve."""
    faults = check_references(recipe, workspace)
    if bool(recipe.model) == bool(recipe.knowledge):
        message = Text("give a model or a knowledge base, one of the two", "请填写模型或知识库，二者选一")
        faults.append(Fault("knowledge" if recipe.knowledge else "model", message))
    return [*faults, *(check_chat_model(workspace, recipe.model, "model") if recipe.model else [])]


KIND = Kind(ServeRecipe, run, Text("Serving", "服务"), heavy=False, check=check)
