"""The runs that an address names to be compared: `a,b,c`, by id or by name, the first one the baseline."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property

from studio.core.workspace import Workspace
from studio.runs.index import Entry
from studio.runs.store import RunStore

MOST = 10
"""Runs that are compared at once."""


@dataclass(frozen=True)
class Selection:
    """What an address names.

    Args:
        named: each thing that it names, with the run that it means; None where that is not here.
        beyond: how many more it names than are compared.
    """

    named: Mapping[str, Entry | None]
    beyond: int = 0

    @cached_property
    def entries(self) -> list[Entry]:
        """The runs that are here, in the order of the address."""
        return list({entry.id: entry for entry in self.named.values() if entry is not None}.values())

    @cached_property
    def colours(self) -> dict[str, int]:
        """Each run's colour. It goes by age, so that a run keeps its colour whichever is the baseline."""
        oldest = sorted(self.entries, key=lambda entry: (entry.created, entry.counter, entry.id))
        return {entry.id: number for number, entry in enumerate(oldest)}

    @cached_property
    def titles(self) -> dict[str, str]:
        """What each run is called here: its name, and its number among those of one name."""
        titles: dict[str, str] = {}
        for entry in sorted(self.entries, key=lambda entry: self.colours[entry.id]):
            name = entry.name or entry.id
            again = sum((other.name or other.id) == name for other in self.entries if other.id in titles)
            titles[entry.id] = f"{name} ({again + 1})" if again else name
        return titles

    def without(self, name: str) -> list[str]:
        """Return what an address names that leaves one out."""
        return [other for other in self.named if other != name]

    def based_on(self, name: str) -> list[str]:
        """Return what an address names that has another baseline."""
        return [name, *self.without(name)]


def selected(workspace: Workspace, asked: str) -> Selection:
    """Return what an address names; a name means the newest run of that name."""
    names = list(dict.fromkeys(name.strip() for name in asked.split(",") if name.strip()))
    entries = RunStore(workspace).entries()
    named: dict[str, Entry | None] = {}
    for name in names[:MOST]:
        found = next((entry for entry in entries if entry.id == name), None)
        found = found or next((entry for entry in entries if entry.name == name), None)
        if found is None or found not in named.values():  # named twice is compared once
            named[name] = found
    return Selection(named, len(names) - len(names[:MOST]))
