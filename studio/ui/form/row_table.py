"""A list of small records as rows that are added, filled and taken away in place."""

from __future__ import annotations

import gradio as gr

from studio.ui.context import Context
from studio.ui.form.choices import choices
from studio.ui.form.field import Field
from studio.ui.scripts import control_script


def table(context: Context, field: Field, anchor: str | None = None) -> gr.HTML:
    """Place the rows; the component's value is the list of records."""
    columns = [
        {
            "name": column.name,
            "label": context.text(column.label),
            "help": context.text(column.help),
            "words": list(column.words),
            "names": {word: context.text(name) for word, name in column.names.items()},
            "offers": choices(context.workspace, column) if column.widget == "pick" else [],
            "default": column.default,
            "advanced": column.advanced,
        }
        for column in field.columns
    ]
    words = {
        "label": context.text(field.label),
        "help": context.text(field.help),
        "add": context.say("Add a row", "添加一行"),
        "remove": context.say("Remove this row", "删除这一行"),
        "more": context.say("More about reading this file", "更多读取选项"),
        "none": context.say("No file yet: upload one, or add a row.", "还没有文件：请上传，或添加一行。"),
    }
    return gr.HTML(
        [],
        html_template='<div class="rows"></div>',
        js_on_load=control_script("rows.js", {"columns": columns, "words": words}),
        apply_default_css=False,
        elem_id=anchor,
    )
