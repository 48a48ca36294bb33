"""The buttons that start the demo. Each says which language its questions are in, and what is fetched first."""

from __future__ import annotations

from markupsafe import Markup

from studio.core.amounts import size
from studio.models.known_models import SUGGESTED
from studio.ui.context import Context
from studio.ui.html import fill
from studio.ui.parts.base import Part, Query
from studio.ui.starters import missing_chinese, missing_models


def version(context: Context, query: Query) -> str:
    missing = [model.name for model in missing_models(context.workspace)]
    return f"{','.join(missing) or '-'}|{','.join(missing_chinese(context.workspace)) or '-'}"


def render(context: Context, query: Query) -> dict[str, Markup]:
    english = _button("-", _english(context), first=True)
    if context.language == "en":
        return {"button": english}
    if missing_chinese(context.workspace):
        return {"button": english + _chinese_later(context)}
    return {"button": _button("zh", "开始中文演示", first=True) + _button("-", _english(context))}


def _button(which: str, label: str, first: bool = False, ask: str = "") -> Markup:
    return fill(
        '<button type="button" class="act{}" data-post="start/demo/{}" data-go="runs" data-ask="{}" data-word="{}">{}'
        "</button>",
        " primary big" if first else "",
        which,
        ask,
        "开始" if ask else "",
        label,
    )


def _english(context: Context) -> str:
    missing = missing_models(context.workspace)
    if not missing:
        return context.say("Start the demo", "开始演示（英文题目）")
    weight = size(sum(model.megabytes for model in missing) * 1e6)
    one = len(missing) == 1
    return context.say(
        f"Fetch {'a model' if one else 'two models'} ({weight}), then start the demo",
        f"先获取{'一' if one else '两'}个模型（{weight}），再开始演示（英文题目）",
    )


def _chinese_later(context: Context) -> Markup:
    """Return the button of the Chinese demo, whose models come from a hub that may be out of reach."""
    missing = missing_chinese(context.workspace)
    weight = size(sum(SUGGESTED[model] for model in missing) * 1e6)
    ask = (
        f"中文演示要先从模型社区下载 {'、'.join(missing)}（约 {weight}），需要能访问 Hugging Face 或其镜像；"
        "没有 GPU 时训练会很慢。现在开始？"
    )
    return _button("zh", f"中文演示（需下载约 {weight}）", ask=ask)


PART = Part(version, render)
