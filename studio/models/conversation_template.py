"""A chat template by itself: what it makes of a conversation, and what can be told of it without a tokenizer."""

from __future__ import annotations

import json
import re
from collections.abc import Collection, Mapping, Sequence
from datetime import datetime
from functools import lru_cache
from typing import Any, Literal, NoReturn

from jinja2 import TemplateError
from jinja2.ext import loopcontrols
from jinja2.sandbox import ImmutableSandboxedEnvironment

from studio.core.records import Message

Thinking = Literal["never", "can", "always"]
"""Whether a model thinks before it answers: not at all, if told to, or whatever it is told."""

REFUSES = (TemplateError, TypeError, ValueError, LookupError, ArithmeticError)
"""What a template raises that does not take a conversation: its own refusal, or what Python makes of its mistake."""

_MARK = "Protamine"
_ASKED = Message(role="user", content="Heparin?")
_ANSWERED = Message(role="assistant", content=_MARK)
_GENERATION = re.compile(r"\{%-?\s*(?:end)?generation\s*-?%\}")  # marks for other trainers, which Jinja does not know
_THOUGHT, _THOUGHT_OVER = "<think>", "</think>"


def render(template: str, turns: Sequence[Message], names: Mapping[str, str], prompt: bool, **variables: object) -> str:
    """Return a conversation as a template writes it, as transformers would.

    Args:
        names: the tokenizer's tokens with a name, which templates may use.
        prompt: whether the assistant's header follows, for it to answer.
        variables: what else the template may look at.

    Raises:
        REFUSES: the template does not take the conversation, or is none.
    """
    written = [{"role": turn.role, "content": turn.content} for turn in turns]
    return str(_compiled(template).render(messages=written, add_generation_prompt=prompt, **{**names, **variables}))


def end_of_turn(template: str, names: Mapping[str, str], controls: Collection[str]) -> str:
    """Return the control token that ends what an assistant says; empty where a template writes none behind it.

    Args:
        controls: the texts of the tokenizer's control tokens.
    """
    try:
        _, _, after = render(template, [_ASKED, _ANSWERED], names, prompt=False).rpartition(_MARK)
    except REFUSES:
        return ""
    found = [(at, -len(text), text) for text in controls if text and (at := after.find(text)) >= 0]
    return min(found)[2] if found else ""


def thinking(template: str, names: Mapping[str, str]) -> Thinking:
    """Tell whether a template has its model think."""
    try:
        on, off = (render(template, [_ASKED], names, prompt=True, enable_thinking=flag) for flag in (True, False))
    except REFUSES:
        return "never"
    if on != off:
        return "can"
    opened = on.rpartition(_THOUGHT)
    return "always" if opened[1] and _THOUGHT_OVER not in opened[2] else "never"


def takes_system(template: str, names: Mapping[str, str]) -> bool:
    """Tell whether a template shows the model a system prompt."""
    try:
        return _MARK in render(template, [Message(role="system", content=_MARK), _ASKED], names, prompt=True)
    except REFUSES:
        return False


def think_always(template: str, think: bool) -> str:
    """Return a template with its switch for thinking set inside it, whoever asks, and however."""
    return f"{{%- set enable_thinking = {'true' if think else 'false'} -%}}\n{template}"


@lru_cache(maxsize=64)
def _compiled(template: str) -> Any:
    environment = ImmutableSandboxedEnvironment(trim_blocks=True, lstrip_blocks=True, extensions=[loopcontrols])
    environment.filters["tojson"] = _tojson
    environment.globals |= {"raise_exception": _refuse, "strftime_now": _strftime_now}
    return environment.from_string(_GENERATION.sub("", template))


def _tojson(value: object, ensure_ascii: bool = False, indent: int | None = None, **_: object) -> str:
    return json.dumps(value, ensure_ascii=ensure_ascii, indent=indent)


def _refuse(message: str) -> NoReturn:
    raise TemplateError(message)


def _strftime_now(form: str) -> str:
    return datetime.now().strftime(form)
