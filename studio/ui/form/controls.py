"""From a field to a Gradio component, and its value there and back."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from typing import Any

import gradio as gr

from studio.ui.context import Context
from studio.ui.form import row_table
from studio.ui.form.choices import choices
from studio.ui.form.faults import anchor
from studio.ui.form.field import Field, Widget
from studio.ui.form.plugin_control import plugin_control, record, records


@dataclass(frozen=True)
class Control:
    """A field on the page.

    Args:
        show: from a recipe's value to the component's.
        read: from the component's value to the recipe's.
    """

    field: Field
    component: gr.Component
    show: Callable[[Any], Any]
    read: Callable[[Any], Any]


def control(context: Context, field: Field, kind: str = "") -> Control:
    """Place a field's component; in a form of a kind it bears the field's anchor."""
    common: dict[str, Any] = {"label": context.text(field.label), "info": context.text(field.help)}
    if kind:
        common["elem_id"] = anchor(kind, field.name)
    if field.widget in ("lines", "picks", "boxes", "plugin", "plugins"):
        common["elem_classes"] = "wide"
    make, show, read = _WIDGETS[field.widget]
    if field.plugins:
        show = read = partial(record if field.widget == "plugin" else records, field)
    return Control(field, make(context, field, common), show, read)


def refreshed(context: Context, item: Control) -> Any:
    """Return the update that offers what is here now, without touching what was chosen."""
    if item.field.widget in ("pick", "picks"):
        return gr.update(choices=choices(context.workspace, item.field))
    return gr.update()


def _text(context: Context, field: Field, common: dict[str, Any]) -> gr.Component:
    return gr.Textbox(**common, value=field.default or "", max_lines=1)


def _number(context: Context, field: Field, common: dict[str, Any]) -> gr.Component:
    return gr.Number(
        **common, value=field.default, step=1 if field.whole else None, placeholder=_as_text(field.default)
    )


def _switch(context: Context, field: Field, common: dict[str, Any]) -> gr.Component:
    return gr.Checkbox(**common, value=bool(field.default), container=True)


def _named(context: Context, field: Field) -> list[str | int | float | tuple[str, str | int | float]]:
    """Return a field's words, each with what it is called."""
    return [(context.text(field.names[word]) if word in field.names else word, word) for word in field.words]


def _radio(context: Context, field: Field, common: dict[str, Any]) -> gr.Component:
    return gr.Radio(**common, choices=_named(context, field), value=field.default)


def _boxes(context: Context, field: Field, common: dict[str, Any]) -> gr.Component:
    return gr.CheckboxGroup(**common, choices=_named(context, field), value=field.default or [])


def _pick(context: Context, field: Field, common: dict[str, Any]) -> gr.Component:
    here = choices(context.workspace, field)
    return gr.Dropdown(**common, choices=here, value=field.default or None, allow_custom_value=True, filterable=True)


def _picks(context: Context, field: Field, common: dict[str, Any]) -> gr.Component:
    here = choices(context.workspace, field)
    return gr.Dropdown(**common, choices=here, value=field.default or [], allow_custom_value=True, multiselect=True)


def _lines(context: Context, field: Field, common: dict[str, Any]) -> gr.Component:
    return gr.Textbox(**common, value="\n".join(field.default or []), lines=4, max_lines=8)


def _rows(context: Context, field: Field, common: dict[str, Any]) -> gr.Component:
    return row_table.table(context, field, common.get("elem_id"))


def _as_text(value: Any) -> str:
    return "" if value is None else str(value)


def _as_number(value: Any) -> float | None:
    return value if isinstance(value, int | float) and not isinstance(value, bool) else None


def _as_list(value: Any) -> list[str]:
    return [str(item) for item in value] if isinstance(value, list) else []


def _as_lines(value: Any) -> str:
    return "\n".join(_as_list(value))


def _as_records(value: Any) -> list[dict[str, Any]]:
    return [item for item in value if isinstance(item, dict)] if isinstance(value, list) else []


def _from_text(value: Any) -> str:
    return _as_text(value).strip()


def _from_lines(value: Any) -> list[str]:
    return [line.strip() for line in _as_text(value).splitlines() if line.strip()]


def _same(value: Any) -> Any:
    return value


def _plugin(context: Context, field: Field, common: dict[str, Any]) -> gr.Component:
    return plugin_control(context, field, common.get("elem_id"))


_Make = Callable[[Context, Field, dict[str, Any]], gr.Component]
_WIDGETS: dict[Widget, tuple[_Make, Callable[[Any], Any], Callable[[Any], Any]]] = {
    "text": (_text, _as_text, _from_text),
    "number": (_number, _as_number, _as_number),
    "switch": (_switch, bool, bool),
    "radio": (_radio, _same, _same),
    "boxes": (_boxes, _as_list, _as_list),
    "pick": (_pick, lambda value: value or None, _from_text),
    "picks": (_picks, _as_list, _as_list),
    "lines": (_lines, _as_lines, _from_lines),
    "rows": (_rows, _as_records, _as_records),
    "plugin": (_plugin, _same, _same),
    "plugins": (_plugin, _same, _same),
}
