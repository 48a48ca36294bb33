"""A plug-in to choose, with its own options, which come and go with the choice."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

import gradio as gr

from studio.core.choice import NAME
from studio.ui.context import Context
from studio.ui.form.choices import choices
from studio.ui.form.field import Field, Plugin
from studio.ui.theme import control_script


def plugin_control(context: Context, field: Field, anchor: str | None = None) -> gr.HTML:
    """Place the choice; the component's value is a record of the plug-in's name and of the options that were given.

    Where several are chosen, it is a list of such records.
    """
    several = field.widget == "plugins"
    given = {
        "several": several,
        "plugins": [_described(context, plugin) for plugin in field.plugins],
        "words": {
            "label": context.text(field.label),
            "help": context.text(field.help),
            "more": context.say("More options", "更多选项"),
        },
    }
    # In a fold that is opened later Gradio hands on a component's value and its script, but none of its other properties.
    script = f"const given = {json.dumps(given, ensure_ascii=False)};\n"
    return gr.HTML(
        records(field, field.default) if several else record(field, field.default),
        html_template='<div class="plug"></div>',
        js_on_load=script + control_script("plugin.js"),
        apply_default_css=False,
        elem_id=anchor,
    )


def record(field: Field, value: Any) -> dict[str, Any]:
    """Return what a recipe says of the field as a record; a name alone has no options."""
    if isinstance(value, Mapping):
        return {NAME: field.default, **value}
    return {NAME: field.default if value is None else value}


def records(field: Field, value: Any) -> list[dict[str, Any]]:
    """Return the same of a list."""
    return [record(field, item) for item in (value if isinstance(value, list) else [])]


def written(field: Field, value: Any, before: Any) -> Any:
    """Return a choice, or several, as a recipe writes them best."""
    if field.widget == "plugin":
        return minimal(field, value, before)
    stood = {each[NAME]: each for each in records(field, before)}
    return [minimal(field, each, stood.get(each[NAME])) for each in records(field, value)]


def minimal(field: Field, value: Any, before: Any) -> Any:
    """Return a choice as a recipe writes it best: the name alone where every option has its default.

    Options that stood in the recipe before stay, the plug-in being the same; so do keys that no plug-in has, for the
    check to name.
    """
    given = record(field, value)
    stood = record(field, before) if before is not None else {}
    if stood.get(NAME) != given[NAME]:
        stood = {}
    plugin = next((plugin for plugin in field.plugins if plugin.name == given[NAME]), None)
    defaults = {option.name: option.default for option in plugin.fields} if plugin is not None else {}
    known = {option.name for each in field.plugins for option in each.fields}
    said = {
        key: option
        for key, option in given.items()
        if key != NAME
        and option is not None
        and (key in stood or (key not in known if plugin is None or key not in defaults else option != defaults[key]))
    }
    return {NAME: given[NAME], **said} if said else given[NAME]


def _described(context: Context, plugin: Plugin) -> dict[str, Any]:
    return {
        "name": plugin.name,
        "title": context.text(plugin.title),
        "help": context.text(plugin.help),
        "options": [
            {
                "name": option.name,
                "label": context.text(option.label),
                "help": context.text(option.help),
                "widget": option.widget,
                "words": list(option.words),
                "names": {word: context.text(name) for word, name in option.names.items()},
                "offers": choices(context.workspace, option) if option.refers else [],
                "default": option.default,
                "advanced": option.advanced,
            }
            for option in plugin.fields
        ],
    }
