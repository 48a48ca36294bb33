"""Between a recipe's value of a field and what the field's control holds, both ways."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from studio.ui.form.field import Field, Widget
from studio.ui.form.plugin_record import record, records


def shown(field: Field, value: Any) -> Any:
    """Return what the control holds for a recipe's value."""
    if field.plugins:
        return _as_plugins(field, value)
    return _SHOWN[field.widget](value)


def read(field: Field, value: Any) -> Any:
    """Return what a recipe says for what the control holds."""
    if field.plugins:
        return _as_plugins(field, value)
    if field.widget == "lines" and field.whole:
        return [int(line) if line.isdecimal() else line for line in _from_lines(value)]
    return _READ.get(field.widget, _SHOWN[field.widget])(value)


def _as_plugins(field: Field, value: Any) -> Any:
    return record(field, value) if field.widget == "plugin" else records(field, value)


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


def _as_choices(value: Any) -> dict[str, Any]:
    """Return what is chosen by name; YAML reads `off` as false."""
    return (
        {str(name): "off" if chosen is False else chosen for name, chosen in value.items()}
        if isinstance(value, dict)
        else {}
    )


def _from_text(value: Any) -> str:
    return _as_text(value).strip()


def _from_lines(value: Any) -> list[str]:
    return [line.strip() for line in _as_text(value).splitlines() if line.strip()]


def _same(value: Any) -> Any:
    return value


_SHOWN: dict[Widget, Callable[[Any], Any]] = {
    "text": _as_text,
    "number": _as_number,
    "switch": bool,
    "radio": _same,
    "boxes": _as_list,
    "pick": lambda value: value or None,
    "picks": _as_list,
    "lines": _as_lines,
    "rows": _as_records,
    "checks": _as_choices,
    "plugin": _same,
    "plugins": _same,
}
_READ: dict[Widget, Callable[[Any], Any]] = {"text": _from_text, "pick": _from_text, "lines": _from_lines}
