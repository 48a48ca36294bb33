"""What several runs' names meant: where one name stood for different things, and the software they ran on."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from markupsafe import Markup

from studio.runs.index import Entry
from studio.runs.references import Reference, load
from studio.runs.store import RunStore
from studio.runs.view import local_time
from studio.ui.comparing.settings import form_of, labelled
from studio.ui.context import Context
from studio.ui.html import fill

_SHORT = 8


@dataclass(frozen=True)
class Edition:
    """Something that runs had in different editions: its label, its key, and each run's by the run's id."""

    label: str
    key: str
    values: Mapping[str, Markup]


def editions(context: Context, entries: Sequence[Entry]) -> list[Edition]:
    """Return what runs were given by one name in different editions, then the software that differs."""
    inputs = {entry.id: entry.run.inputs() for entry in entries}
    references = {id: load(given.get("references")) for id, given in inputs.items()}
    return [*_named(context, entries, references), *_software(context, inputs)]


def _named(
    context: Context, entries: Sequence[Entry], references: Mapping[str, Mapping[str, Reference]]
) -> Iterator[Edition]:
    for key in dict.fromkeys(key for given in references.values() for key in given):
        held = {id: given[key] for id, given in references.items() if key in given}
        first = next(iter(held.values()))
        alike = all(reference.given == first.given for reference in held.values())
        if alike and any(not _same(reference, first) for reference in held.values()):
            kind = next(entry.kind for entry in entries if entry.id in held)
            label = labelled(context, form_of(kind), key)[0]
            yield Edition(
                context.say(f"{label}: what “{first.given}” was", f"{label}：“{first.given}”当时的版本"),
                key,
                {id: _told(context, reference) for id, reference in held.items()},
            )


def _same(one: Reference, other: Reference) -> bool:
    if one.sha256 and other.sha256:
        return one.sha256 == other.sha256
    return (one.path, one.stamp) == (other.path, other.stamp)


def _told(context: Context, reference: Reference) -> Markup:
    """Return when the thing was made, as a link to the run that made it, and the beginning of its content's sum."""
    maker = RunStore(context.workspace).entry(reference.run) if reference.run else None
    where = context.plain(reference.path)
    made = (
        fill('<a href="#runs={}">{}</a>', maker.id, local_time(maker.created)[:16].replace("T", " "))
        if maker is not None
        else fill("<span>{}</span>", reference.run or where)
    )
    short = fill('<small title="sha256 {}">{}</small>', reference.sha256, reference.sha256[:_SHORT])
    return made + short if reference.sha256 else made


def _software(context: Context, inputs: Mapping[str, Mapping[str, Any]]) -> Iterator[Edition]:
    """Yield what of the software differs among the runs that wrote theirs down."""
    told = {id: {**_texts(given.get("packages")), **_texts({"revision": given.get("revision")})} for id, given in inputs.items()}  # fmt: skip
    told = {id: packages for id, packages in told.items() if packages}
    for key in dict.fromkeys(key for packages in told.values() for key in packages):
        if len({packages.get(key) for packages in told.values()}) > 1:
            label = (
                context.say("Version of the studio", "程序版本")
                if key == "revision"
                else context.say(f"Software: {key}", f"软件：{key}")
            )
            values = {id: fill("{}", packages[key]) for id, packages in told.items() if key in packages}
            yield Edition(label, key, values)


def _texts(found: object) -> dict[str, str]:
    items = found.items() if isinstance(found, dict) else ()
    return {str(key): value for key, value in items if isinstance(value, str) and value}
