"""A plug-in to choose, with its own options, which come and go with the choice."""

from __future__ import annotations

from typing import Any

import gradio as gr

from studio.ui.context import Context
from studio.ui.form.choices import choices
from studio.ui.form.field import Field, Plugin
from studio.ui.form.plugin_record import record, records
from studio.ui.scripts import control_script


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
    return gr.HTML(
        records(field, field.default) if several else record(field, field.default),
        html_template='<div class="plug"></div>',
        js_on_load=control_script("plugin.js", given),
        apply_default_css=False,
        elem_id=anchor,
    )


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
