"""The button that starts the demo; where its models are not here yet, it says that they come first."""

from __future__ import annotations

from markupsafe import Markup

from studio.ui.context import Context
from studio.ui.html import fill, size
from studio.ui.parts.base import Part, Query
from studio.ui.starters import missing_models


def version(context: Context, query: Query) -> str:
    return ",".join(model.name for model in missing_models(context.workspace)) or "-"


def render(context: Context, query: Query) -> dict[str, Markup]:
    button = '<button type="button" class="act primary big" data-post="start/demo/-" data-go="runs">{}</button>'
    return {"button": fill(button, _label(context))}


def _label(context: Context) -> str:
    missing = missing_models(context.workspace)
    if not missing:
        return context.say("Start the demo", "开始演示")
    weight = size(sum(model.megabytes for model in missing) * 1e6)
    one = len(missing) == 1
    return context.say(
        f"Fetch {'a model' if one else 'two models'} ({weight}), then start the demo",
        f"先获取{'一' if one else '两'}个模型（{weight}），再开始演示",
    )


PART = Part(version, render)
