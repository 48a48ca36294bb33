"""A choice of a plug-in as a record of its name and options, and as a recipe writes it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from studio.core.choice import NAME
from studio.ui.form.field import Field


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
