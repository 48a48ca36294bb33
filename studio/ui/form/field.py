"""What a recipe's field asks of a form, read off its schema: no list of fields anywhere."""

from __future__ import annotations

import types
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Literal, Union, get_args, get_origin

from pydantic import BaseModel
from pydantic.fields import FieldInfo
from pydantic_core import PydanticUndefined

from studio.core.choice import Choice, choice_of, options_of
from studio.core.option import help_of, is_advanced, is_shown, label_of, names_of, refers_to, told_by
from studio.core.recipe import TIMING
from studio.core.text import Text, both

Widget = Literal[
    "text", "number", "switch", "radio", "pick", "picks", "boxes", "lines", "rows", "checks", "plugin", "plugins"
]


@dataclass(frozen=True)
class Field:
    """One field of a form.

    Args:
        widget: `text`, `number`, `switch` (bool), `radio` (one of few words), `pick` (a name, with what is here on
            offer), `picks` (several), `boxes` (several of few words), `lines` (a list, one a line), `rows` (a list of
            small records), `checks` (what is done about what each check finds), `plugin` (one of the plug-ins there are, with its own options), `plugins` (several).
        refers: the kind of thing it names, as in `core.option`.
        words: the accepted words, where they are few.
        names: what some of the words are called.
        whole: whether a number has no fraction; of lines, whether they are such numbers.
        columns: the fields of each row.
        plugins: what a plug-in is chosen from.
        told_by: the kind whose runs tell what a value would do, if any.
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
    plugins: tuple[Plugin, ...] = ()
    told_by: str = ""


@dataclass(frozen=True)
class Plugin:
    """One of the plug-ins that a field chooses from, and the fields of its options."""

    name: str
    title: Text
    help: Text
    fields: tuple[Field, ...]


def fields_of(model: type[BaseModel]) -> tuple[Field, ...]:
    """Return a schema's fields in their order, when a run is to begin last.

    What accepts one word alone, as `kind` does, is no choice of the user's.
    """
    last = sorted(
        (item for item in model.model_fields.items() if is_shown(item[1])), key=lambda item: item[0] in TIMING
    )
    fields = (_field(name, info) for name, info in last)
    return tuple(field for field in fields if len(field.words) != 1 and not _settled(field))


def _settled(field: Field) -> bool:
    """Tell whether there is one plug-in alone, with nothing to set."""
    return len(field.plugins) == 1 and not field.plugins[0].fields


def _field(name: str, info: FieldInfo) -> Field:
    choice = choice_of(info)
    if choice is not None:
        return _chosen(name, info, choice)
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
        whole=int in (kind, inside),
        columns=fields_of(row) if row else (),
        told_by=told_by(info),
    )


def _chosen(name: str, info: FieldInfo, choice: Choice) -> Field:
    """Return a field that chooses a plug-in: by its name alone, or with its options."""
    found = dict(sorted(choice.registry.all().items(), key=lambda item: (_place(item[1]), item[0])))
    by_name, several = info.annotation is str, get_origin(info.annotation) is list
    plugins = [
        Plugin(each, _title(each, plugin), _help(plugin), fields_of(options_of(plugin)))
        for each, plugin in found.items()
    ]
    return Field(
        name=name,
        label=label_of(info),
        help=help_of(info),
        widget="radio" if by_name else "plugins" if several else "plugin",
        required=info.is_required(),
        default=info.get_default(call_default_factory=True),
        advanced=is_advanced(info),
        words=(*choice.words, *found) if by_name else (),
        names={**names_of(info), **{plugin.name: plugin.title for plugin in plugins}},
        plugins=() if by_name else tuple(plugins),
    )


def _place(plugin: object) -> int:
    """Return where a plug-in stands among the others of its sort, if it says so: by name, where none does."""
    place: int = getattr(plugin, "order", getattr(plugin, "rank", 0))
    return place


def _title(name: str, plugin: object) -> Text:
    title: Text = getattr(plugin, "title", both(name))
    return title


def _help(plugin: object) -> Text:
    text: Text = getattr(plugin, "help", both(""))
    return text


def _widget(kind: Any, inside: Any, is_rows: bool, refers: str) -> Widget:
    if inside is not None:
        if is_rows:
            return "rows"
        if _words(inside):
            return "boxes"
        return "picks" if refers and refers not in ("file", "recipe") else "lines"
    if get_origin(kind) is dict and _words(get_args(kind)[1]):
        return "checks"
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
