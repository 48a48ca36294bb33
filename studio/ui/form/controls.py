"""From a field to a Gradio component, and its value there and back."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import gradio as gr

from studio.ui.context import Context
from studio.ui.form import check_table, row_table, values
from studio.ui.form.choices import choices
from studio.ui.form.faults import anchor
from studio.ui.form.field import Field, Widget
from studio.ui.form.info import info
from studio.ui.form.plugin_control import plugin_control


@dataclass(frozen=True)
class Control:
    """A field on the page."""

    field: Field
    component: gr.Component

    def show(self, value: Any) -> Any:
        """Return the component's value for a recipe's."""
        return values.shown(self.field, value)

    def read(self, value: Any) -> Any:
        """Return the recipe's value for the component's."""
        return values.read(self.field, value)


def control(context: Context, field: Field, kind: str = "") -> Control:
    """Place a field's component; in a form of a kind it bears the field's anchor."""
    common: dict[str, Any] = {"label": context.text(field.label), "info": info(context.text(field.help))}
    if kind:
        common["elem_id"] = anchor(kind, field.name)
    if field.widget in ("lines", "picks", "boxes", "plugin", "plugins"):
        common["elem_classes"] = "wide"
    return Control(field, _MAKE[field.widget](context, field, common))


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


def _checks(context: Context, field: Field, common: dict[str, Any]) -> gr.Component:
    return check_table.table(common.get("elem_id"))


def _as_text(value: Any) -> str:
    return "" if value is None else str(value)


def _plugin(context: Context, field: Field, common: dict[str, Any]) -> gr.Component:
    return plugin_control(context, field, common.get("elem_id"))


_MAKE: dict[Widget, Callable[[Context, Field, dict[str, Any]], gr.Component]] = {
    "text": _text,
    "number": _number,
    "switch": _switch,
    "radio": _radio,
    "boxes": _boxes,
    "pick": _pick,
    "picks": _picks,
    "lines": _lines,
    "rows": _rows,
    "checks": _checks,
    "plugin": _plugin,
    "plugins": _plugin,
}
