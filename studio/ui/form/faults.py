"""What is wrong with a recipe, said in the form's own labels, and the fields it is about outlined."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence

from markupsafe import Markup

from studio.core.errors import Fault, RecipeError, StudioError
from studio.core.recipe_faults import REQUIRED
from studio.core.text import Text
from studio.ui.context import Context
from studio.ui.form.field import Field
from studio.ui.form.meaning import missing
from studio.ui.html import error_notice, fill, in_chinese, join, notice

_PLAIN_NAME = re.compile(r"[a-z][a-z0-9_]*")
_FIRST = {"rows": Text("add at least one file.", "请至少添加一个文件。"), "lines": Text("name at least one, one a line.", "请至少填写一个，每行一个。")}  # fmt: skip


def anchor(kind: str, name: str) -> str:
    """Return the id that a field's component bears, so that a fault can outline it."""
    return f"field-{kind}-{name}"


def fault_notice(context: Context, kind: str, fields: Sequence[Field], error: StudioError) -> Markup:
    """Return the message box for an error, and the style that outlines the fields it names."""
    if not isinstance(error, RecipeError):
        return error_notice(context, error)
    lines = "\n".join(sentence(context, fields, fault) for fault in error.faults)
    required = {fault.path[0] for fault in error.faults if len(fault.path) == 1 and fault.message == REQUIRED}
    absent = join(missing(context, kind, field) for field in fields if field.name in required)
    return notice(context.plain(lines), absent) + _outlined(kind, fields, error.faults)


def sentence(context: Context, fields: Sequence[Field], fault: Fault) -> str:
    """Return a fault as a sentence that begins with the field's label; one in no field of the form keeps its place."""
    field = next((field for field in fields if fault.path and field.name == fault.path[0]), None)
    if field is None:
        said = fault.to(context.language)
        return in_chinese(said) if context.language == "zh" else said
    label, deepest = path_label(context, field, fault.path)
    line = context.say(f", YAML line {fault.line}", f"，YAML 第 {fault.line} 行") if fault.line else ""
    if fault.message == REQUIRED:
        said = context.text(_FIRST.get(deepest.widget, Text("required.", "必填。")))
    else:
        said = context.text(fault.message)
        said += "" if said.endswith((".", "。", "！", "？")) else context.say(".", "。")
    key = fault.path[0] if deepest is field else fault.path[-1]
    return context.say(f"{label} ({key}{line}): {said}", f"{label}（{key}{line}）：{said}")


def path_label(context: Context, field: Field, path: Sequence[str | int]) -> tuple[str, Field]:
    """Return the label of the deepest field on a path, with its row's number, and that field."""
    label = context.text(field.label)
    if len(path) > 1 and isinstance(path[1], int):
        number = path[1] + 1
        label += context.say(f", no. {number}", f"第 {number} {'行' if field.widget in ('rows', 'lines') else '项'}")
    inside = (*field.columns, *(option for plugin in field.plugins for option in plugin.fields))
    column = next((column for column in inside if len(path) > 1 and column.name == path[-1]), None)
    if column is None:
        return label, field
    first = column in field.columns[:1]  # what a row is about needs no second name
    return label if first else label + context.say(", ", "的") + context.text(column.label), column


def _outlined(kind: str, fields: Iterable[Field], faults: Iterable[Fault]) -> Markup:
    at_fault = {fault.path[0] for fault in faults if fault.path}
    names = [field.name for field in fields if field.name in at_fault and _PLAIN_NAME.fullmatch(field.name)]
    if not names:
        return Markup()
    chosen = join((fill("#{}", anchor(kind, name)) for name in names), ", ")
    return fill("<style>:is({}) {{ outline: 2px solid var(--warn-line); outline-offset: 5px; border-radius: 6px; }}</style>", chosen)  # fmt: skip
