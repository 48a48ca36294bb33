"""What a recipe's field asks of a form, read off its schema: no list of fields anywhere."""

from __future__ import annotations

import types
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Literal, Union, get_args, get_origin

from pydantic import BaseModel
from pydantic.fields import FieldInfo
from pydantic_core import PydanticUndefined

from studio.core.option import help_of, is_advanced, label_of, names_of, refers_to
from studio.core.text import Text

Widget = Literal["text", "number", "switch", "radio", "pick", "picks", "boxes", "lines", "rows"]


@dataclass(frozen=True)
class Field:
    """One field of a form.

    Args:
        widget: `text`, `number`, `switch` (bool), `radio` (one of few words), `pick` (a name, with what is here on
            offer), `picks` (several), `boxes` (several of few words), `lines` (a list, one a line), `rows` (a list of
            small records).
        refers: the kind of thing it names, as in `core.option`.
        words: the accepted words, where they are few.
        names: what some of the words are called.
        whole: whether a number has no fraction.
        columns: the fields of each row.
    """

    name: str
    label: Text
    help: Text
    widget: Widget
    required: bool
    default: Any
    advanced: bool
    refers: str = ""
    words: tuple[str, ...] = ()
    names: Mapping[str, Text] = field(default_factory=dict)
    whole: bool = False
    columns: tuple[Field, ...] = ()


def fields_of(model: type[BaseModel]) -> tuple[Field, ...]:
    """Return a schema's fields in their order; what accepts one word alone, as `kind` does, is no choice of the user's."""
    return tuple(_field(name, info) for name, info in model.model_fields.items() if len(_words(info.annotation)) != 1)


def _field(name: str, info: FieldInfo) -> Field:
    kind = _without_none(info.annotation)
    inside = get_args(kind)[0] if get_origin(kind) is list else None
    row = inside if isinstance(inside, type) and issubclass(inside, BaseModel) else None
    refers = refers_to(info)
    default = info.get_default(call_default_factory=True)
    return Field(
        name=name,
        label=label_of(info),
        help=help_of(info),
        widget=_widget(kind, inside, row is not None, refers),
        required=info.is_required(),
        default=None if default is PydanticUndefined else default,
        advanced=is_advanced(info),
        refers=refers,
        words=_words(inside if inside is not None else kind),
        names=names_of(info),
        whole=kind is int,
        columns=fields_of(row) if row else (),
    )


def _widget(kind: Any, inside: Any, is_rows: bool, refers: str) -> Widget:
    if inside is not None:
        if is_rows:
            return "rows"
        if _words(inside):
            return "boxes"
        return "picks" if refers and refers not in ("file", "recipe") else "lines"
    if kind is bool:
        return "switch"
    if kind in (int, float):
        return "number"
    if _words(kind):
        return "radio"
    return "pick" if refers else "text"


def _without_none(annotation: Any) -> Any:
    """Return `X` of `X | None`, and what stands inside `Annotated`."""
    if get_origin(annotation) in (Union, types.UnionType):
        kinds = [kind for kind in get_args(annotation) if kind is not type(None)]
        return kinds[0] if len(kinds) == 1 else annotation
    return annotation


def _words(kind: Any) -> tuple[str, ...]:
    return tuple(str(word) for word in get_args(kind)) if get_origin(kind) is Literal else ()
