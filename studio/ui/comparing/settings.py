"""The settings of several runs: those in which their recipes differ, under the form's own labels."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from pydantic import ValidationError

from studio.core.choice import NAME
from studio.core.recipe import TIMING
from studio.core.recipe_faults import undotted
from studio.runs.index import Entry
from studio.runs.kinds import KINDS
from studio.ui.context import Context
from studio.ui.form.faults import path_label
from studio.ui.form.field import Field, fields_of

_NONE: tuple[object, ...] = (None, "", [], {})
_OWN = ("kind", "name", *TIMING)  # what a run is called, and when it was to begin


@dataclass(frozen=True)
class Setting:
    """One key of the recipes.

    Args:
        key: dotted, as YAML has it.
        label: the form's.
        values: each run's, as it is shown, by the run's id; a run that has none is not in it.
        differs: whether it is not the same in all runs that could have it.
    """

    key: str
    label: str
    values: Mapping[str, str]
    differs: bool


def settings(context: Context, entries: Sequence[Entry]) -> list[Setting]:
    """Return every setting that two runs at least could have, in the order of the first one's form."""
    given = {entry.id: given_by(entry) for entry in entries}
    flat = {id: dict(flattened(values)) for id, values in given.items()}
    forms = {kind: form_of(kind) for kind in {entry.kind for entry in entries}}
    found = []
    for key in dict.fromkeys(key for values in flat.values() for key in values):
        field = key.partition(".")[0]
        able = [entry for entry in entries if field in given[entry.id]]
        if len(able) < 2 or field in _OWN:
            continue
        label, deepest = labelled(context, forms[next(entry.kind for entry in able if key in flat[entry.id])], key)
        held = [flat[entry.id].get(key) for entry in able]
        found.append(
            Setting(
                key,
                label,
                {entry.id: told(context, flat[entry.id][key], deepest) for entry in able if key in flat[entry.id]},
                differs=any(not _same(value, held[0]) for value in held),
            )
        )
    return found


def given_by(entry: Entry) -> dict[str, Any]:
    """Return a run's recipe with every default in it: one that an older studio wrote has keys elsewhere, and fewer.

    What no schema accepts any more is compared as it stands, beside the fields' own defaults.
    """
    values, kind = entry.run.recipe_values(), KINDS.find(entry.kind)
    if kind is None:
        return values
    try:
        return kind.recipe.model_validate(values).model_dump(mode="json")
    except ValidationError:
        fields = kind.recipe.model_fields.items()
        defaults = {
            name: info.get_default(call_default_factory=True) for name, info in fields if not info.is_required()
        }
        return {**defaults, **kind.recipe.today(values)}


def flattened(value: Any, key: str = "") -> Iterator[tuple[str, Any]]:
    """Yield each value by its dotted key; a plug-in by its field alone, and its options below it.

    >>> dict(flattened({"method": {"name": "lora", "rank": 8}, "files": [{"file": "a"}], "models": ["m", "n"]}))
    {'method': 'lora', 'method.rank': 8, 'files.0.file': 'a', 'models': ['m', 'n']}
    """
    if isinstance(value, Mapping):
        for name, inside in value.items():
            yield from flattened(inside, key if key and name == NAME else f"{key}.{name}" if key else str(name))
    elif isinstance(value, list) and any(isinstance(item, Mapping) for item in value):
        for number, item in enumerate(value):
            yield from flattened(item, f"{key}.{number}")
    elif value not in _NONE:
        yield key, value


def form_of(kind: str) -> tuple[Field, ...]:
    """Return the fields of a kind's form; none where this studio has no such kind."""
    found = KINDS.find(kind)
    return fields_of(found.recipe) if found is not None else ()


def labelled(context: Context, form: Sequence[Field], key: str) -> tuple[str, Field | None]:
    """Return what a form calls a key, and the field it stands in; the bare key where the form has it not."""
    path = undotted(key)
    field = next((field for field in form if field.name == path[0]), None)
    return path_label(context, field, path) if field is not None else (key, None)


def told(context: Context, value: Any, field: Field | None) -> str:
    """Return a value as the form shows it."""
    if isinstance(value, list):
        return context.say(", ", "、").join(told(context, item, field) for item in value)
    if isinstance(value, bool):
        return context.say("yes", "是") if value else context.say("no", "否")
    words = field.names.get(str(value)) if field is not None else None
    return context.text(words) if words is not None else str(value)


def _same(one: Any, other: Any) -> bool:
    """Tell whether two values mean the same: 1 and 1.0 do, 1 and true do not."""
    return bool(one == other) and isinstance(one, bool) == isinstance(other, bool)
