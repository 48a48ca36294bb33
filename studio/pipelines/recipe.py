"""Which recipes are done, in which order."""

from __future__ import annotations

from typing import Any, Literal

from pydantic import BaseModel, ConfigDict

from studio.core.option import option
from studio.core.recipe import Recipe
from studio.core.text import Text


class Step(BaseModel):
    """One step: a recipe file, with settings laid over it."""

    model_config = ConfigDict(extra="forbid")

    recipe: str = option(
        ...,
        label=Text("Recipe", "配方"),
        help=Text("A recipe file; a relative path starts at the workspace.", "配方文件；相对路径从工作区开始。"),
        refers="recipe",
        min_length=1,
    )
    set: dict[str, Any] = option(
        {},
        label=Text("Settings", "覆盖设置"),
        help=Text("Fields of that recipe to override, dotted: value.", "要覆盖的字段，格式为“字段: 值”。"),
    )


class PipelineRecipe(Recipe):
    """Several recipes in order."""

    kind: Literal["pipeline"] = "pipeline"
    steps: list[Step] = option(
        ...,
        label=Text("Steps", "步骤"),
        help=Text("The recipes, in the order they are done.", "按顺序执行的配方。"),
        min_length=1,
    )
    fresh: bool = option(
        False,
        label=Text("Do everything again", "全部重做"),
        help=Text("Run every step even where nothing changed.", "即使没有变化也重新执行每一步。"),
        advanced=True,
    )
