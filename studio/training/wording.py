"""The chat template that a training writes its conversations with: the model's own, or one by choice."""

from __future__ import annotations

from typing import Literal

from studio.core.option import option
from studio.core.text import Text
from studio.models.conversation_template import think_always
from studio.models.facts import ModelFacts
from studio.models.templates import OWN, TEMPLATES

Thoughts = Literal["auto", "on", "off"]
"""Whether the model is told to think: as its template has it, yes, or no."""
_SWITCH = {"on": True, "off": False}


def template_option() -> str:
    """Return the field that chooses a chat template."""
    field: str = option(
        OWN,
        label=Text("Chat template", "对话模板"),
        help=Text(
            "How conversations are written. auto: as the model has it; a base model, which has none, needs one by choice. "
            "The trained model keeps it.",
            "对话的书写格式。auto 表示用模型自带的；基座模型没有模板，需要选定一种。训练后的模型会沿用该模板。",
        ),
        advanced=True,
    )
    return field


def thinking_option() -> Thoughts:
    """Return the field that switches thinking."""
    field: Thoughts = option(
        "auto",
        label=Text("Thinking", "思考模式"),
        help=Text(
            "For models with a switch, such as Qwen3: whether they think before they answer. The trained model keeps it. "
            "Rows without thoughts are learned best with it off.",
            "用于带思考开关的模型（如 Qwen3）：回答前是否先思考。训练后的模型会沿用此设置；数据中没有思考过程时建议关闭。",
        ),
        names={
            "auto": Text("As the template has it", "按模板默认"),
            "on": Text("On", "开启"),
            "off": Text("Off", "关闭"),
        },
        advanced=True,
    )
    return field


def wording(facts: ModelFacts, template: str, thinking: Thoughts) -> str:
    """Return the chat template of a training, in Jinja; empty for the model's own as it is.

    Args:
        template: the name of one, or `auto`.
    """
    chosen = "" if template == OWN else TEMPLATES.load(template).source
    switch = _SWITCH.get(thinking)
    return chosen if switch is None else think_always(chosen or facts.template, switch)
