"""Between a recipe's YAML and a form's values, both ways."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from studio.core import recipe as recipes
from studio.core import yamlfile
from studio.core.errors import Fault, RecipeError
from studio.core.text import Text
from studio.core.workspace import Workspace
from studio.runs.kinds import KINDS
from studio.runs.recipes import Checked, check_whole, validate_document
from studio.ui.form.field import Field
from studio.ui.form.patch import patched
from studio.ui.form.plugin_record import record, records
from studio.ui.form.plugin_record import written as written_plugin

NAME = "YAML"


def values_of(text: str) -> dict[str, Any] | None:
    """Return a recipe text's plain values, or None where it is no YAML mapping (the form then stays as it is)."""
    try:
        return recipes.read(text, NAME).values
    except RecipeError:
        return None


def values_today(text: str, kind: str) -> dict[str, Any] | None:
    """Return the same, with the keys of older recipes at their places of today: what the form shows."""
    values = values_of(text)
    return None if values is None else KINDS.load(kind).recipe.today(values)


def written(text: str, kind: str, fields: Sequence[Field], values: Mapping[str, Any]) -> str:
    """Return a recipe's text with a form's values in it.

    Lines whose value stays are left as they are, with their comments. Folded-away fields stand in it only where they differ from their default or stood there before; keys the form
    does not know keep their place at the end.
    """
    stood = values_of(text) or {}
    before = KINDS.load(kind).recipe.today(stood)
    after: dict[str, Any] = {"kind": kind}
    for field in fields:
        value = values.get(field.name)
        if value is None and not _is_empty(before.get(field.name)) and field.widget in ("radio", "plugin", "plugins"):
            value = before[field.name]  # a word that the form has no button for; the check will name it
        if _is_empty(value) and (field.required or field.default is None or field.widget == "number"):
            continue  # an emptied number is its default again, and not `null`
        if field.widget == "checks" and not value:
            continue  # nothing was chosen
        if (
            field.advanced
            and value in (field.default, record(field, field.default), records(field, field.default))
            and field.name not in before
        ):
            continue
        after[field.name] = _plain(value)
        if field.plugins:
            after[field.name] = written_plugin(field, after[field.name], before.get(field.name))
    known = {"kind", *(field.name for field in fields)}
    after.update({key: value for key, value in before.items() if key not in known})
    kept = patched(text, stood, after) if stood else None
    return kept if kept is not None and values_of(kept) == after else yamlfile.dump(after)


def is_broken(text: str) -> bool:
    """Return whether a text holds something that is no recipe: no form may write over it."""
    says_something = any(line.strip()[:1] not in ("", "#") for line in text.splitlines())
    return says_something and values_of(text) is None


def first(kind: str, fields: Sequence[Field], offered: Mapping[str, Any]) -> str:
    """Return the recipe a form begins with: the defaults, and what is here where a field names something."""
    values = {field.name: offered.get(field.name, field.default) for field in fields}
    return written("", kind, fields, values)


def followed(text: str, kind: str, fields: Sequence[Field], before: str, now: str) -> str:
    """Return a recipe's text in which every field that says what was offered before says what is offered now.

    What somebody set otherwise stays as it is; so does a text that is no recipe, and all of it where it is not known
    what was offered.
    """
    offered, current, new = (values_today(item, kind) for item in (before, text, now))
    if offered is None or current is None or new is None:
        return text
    moved = {
        field.name: new.get(field.name, field.default)
        for field in fields
        if current.get(field.name) == offered.get(field.name) != new.get(field.name)
    }
    if not moved:
        return text
    return written(text, kind, fields, {field.name: current.get(field.name, field.default) for field in fields} | moved)


def faults(text: str, kind: str) -> RecipeError | None:
    """Return everything wrong with a recipe's form, or None; whether what it names is here is asked at the start."""
    try:
        document = recipes.read(text, NAME)
        _same_kind(document, kind)
        validate_document(document)
    except RecipeError as error:
        return error
    return None


def checked(workspace: Workspace, text: str, kind: str) -> Checked:
    """Return the recipe, ready to start, and what its names mean.

    Raises:
        RecipeError: everything that is wrong with it, and everything it names that is not here.
    """
    document = recipes.read(text, NAME)
    _same_kind(document, kind)
    return check_whole(workspace, document)


def _same_kind(document: recipes.RecipeDocument, kind: str) -> None:
    if document.kind != kind:
        where = f"{document.where(('kind',))}: kind"
        given = document.kind
        raise RecipeError(
            [
                Fault(
                    where, Text(f"given '{given}'; this form is for '{kind}'", f"现为“{given}”，而这个表单用于“{kind}”")
                )
            ]
        )


def _is_empty(value: Any) -> bool:
    return value is None or value in ("", [])


def _plain(value: Any) -> Any:
    """Return a value as YAML writes it well: whole numbers without a fraction, rows without their defaults."""
    if isinstance(value, float) and value.is_integer() and abs(value) < 1e15:
        return int(value)
    if isinstance(value, list):
        return [_plain(item) for item in value]
    if isinstance(value, dict):
        return {key: _plain(item) for key, item in value.items() if not _is_empty(item)}
    return value
