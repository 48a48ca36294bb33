"""A field of a recipe: one declaration is the form's label, the YAML key and the documentation."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from pydantic import BaseModel, Field
from pydantic.fields import FieldInfo

from studio.core.choice import NAME, Choice, choice_of
from studio.core.text import Text

OR_FILE = " or file"
"""Stands behind the sort of what a reference may name, where it may be a file instead."""


def option(
    default: Any = ...,
    *,
    label: Text,
    help: Text,
    refers: str = "",
    or_file: bool = False,
    advanced: bool = False,
    shown: bool = True,
    names: Mapping[str, Text] | None = None,
    told_by: str = "",
    **constraints: Any,
) -> Any:
    """Declare a recipe field.

    Args:
        default: the value when the recipe does not name the field; `...` makes it required.
        label: its name on the form.
        help: one or two sentences: what it does, in which units.
        refers: the kind of thing the value names: `dataset`, `model`, `embedder`, `knowledge`, `file` or `recipe`;
            such references are resolved and pinned before a run starts.
        or_file: whether the value may be a file instead, by its path.
        advanced: whether the form keeps it folded away.
        shown: whether the form has it at all, and not the recipe's text alone.
        names: what the form calls the words it accepts; one without a name stands as it is.
        told_by: the kind whose runs tell what a value would do; what they told stands below the field on the form, in the
            live part of the page that has the kind's name.
        constraints: pydantic's own (`ge`, `le`, `min_length`, ...).
    """
    extra: dict[str, Any] = {"zh": {"title": label.zh, "description": help.zh}, "refers": refers, "advanced": advanced}
    extra["shown"] = shown
    extra["or_file"] = or_file
    extra["told_by"] = told_by
    extra["names"] = {word: text.dump() for word, text in (names or {}).items()}
    if isinstance(default, list | dict):
        constraints["default_factory"] = default.copy
    else:
        constraints["default"] = default
    return Field(title=label.en, description=help.en, json_schema_extra=extra, **constraints)


def label_of(field: FieldInfo) -> Text:
    """Return the label of a field declared by `option`."""
    return Text(field.title or "", str(_extra(field).get("zh", {}).get("title", field.title)))


def help_of(field: FieldInfo) -> Text:
    """Return the help text of a field declared by `option`."""
    return Text(field.description or "", str(_extra(field).get("zh", {}).get("description", field.description)))


def called(model: type[BaseModel], name: str) -> Text:
    """Return a field as messages call it, by the form's label with the key behind it.

    >>> from studio.training.recipe import TrainRecipe
    >>> called(TrainRecipe, "batch_size").en
    "'Batch size' (batch_size)"
    """
    label = label_of(model.model_fields[name])
    return Text(f"'{label.en}' ({name})", f"“{label.zh}”（{name}）")


def is_advanced(field: FieldInfo) -> bool:
    return bool(_extra(field).get("advanced"))


def is_shown(field: FieldInfo) -> bool:
    return bool(_extra(field).get("shown", True))


def told_by(field: FieldInfo) -> str:
    """Return the kind whose runs tell what a value of a field would do, or an empty text."""
    return str(_extra(field).get("told_by", ""))


def names_of(field: FieldInfo) -> dict[str, Text]:
    """Return what the form calls the words a field accepts."""
    return {word: Text.load(text) for word, text in _extra(field).get("names", {}).items()}


def refers_to(field: FieldInfo) -> str:
    """Return the kind of thing a field's value names, or an empty text."""
    return str(_extra(field).get("refers", ""))


def references(recipe: BaseModel) -> Iterator[tuple[str, str, str]]:
    """Yield `(dotted field, kind of thing, value)` for every reference in a recipe, nested ones included.

    A list of names yields `models.0`, `models.1`, ...; an option of a plug-in `scorers.0.model`. Where a file may be
    named instead, the kind of thing ends in `OR_FILE`.
    """
    return written_references(type(recipe), recipe.model_dump())


def written_references(
    model: type[BaseModel], values: Mapping[str, Any], prefix: str = ""
) -> Iterator[tuple[str, str, str]]:
    """Yield the same for plain values, which may have faults: what is no reference in them is passed over."""
    for name, field in model.model_fields.items():
        value = values.get(name, field.get_default(call_default_factory=True))
        refers, choice = refers_to(field), choice_of(field)
        for key, item in enumerate(value) if isinstance(value, list) else [("", value)]:
            path = f"{prefix}{name}.{key}" if key != "" else f"{prefix}{name}"
            # a plug-in named alone: the defaults of its options may name something
            held = {NAME: item} if choice is not None and isinstance(item, str) else item
            inside = model_of(field, choice, held)
            if inside is not None and isinstance(held, Mapping):
                yield from written_references(inside, held, f"{path}.")
            elif refers and isinstance(item, str) and item:
                yield path, f"{refers}{OR_FILE}" if _extra(field).get("or_file") else refers, item


def model_of(field: FieldInfo, choice: Choice | None, value: object) -> type[BaseModel] | None:
    """Return the model that a field holds, alone or in a list: for a choice, the options of what the value names."""
    if choice is not None:
        return choice.options(value.get(NAME)) if isinstance(value, Mapping) else None
    return _model_inside(field.annotation)


def _model_inside(annotation: Any) -> type[BaseModel] | None:
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        return annotation
    return next(filter(None, map(_model_inside, getattr(annotation, "__args__", ()))), None)


def _extra(field: FieldInfo) -> dict[str, Any]:
    extra = field.json_schema_extra
    return extra if isinstance(extra, dict) else {}
