"""What a thing was made from, down the chain of the runs that made it and what it was made of."""

from __future__ import annotations

from collections.abc import Iterator

from studio.core.workspace import Workspace
from studio.runs import references
from studio.runs.directory import Run
from studio.runs.references import Reference


def made_from(workspace: Workspace, reference: Reference, sort: str) -> list[Reference]:
    """Return the things of a sort that a thing was made from, each once, the latest first.

    What no run made, as a fetched model, was made from nothing that is known. A model that was trained on from another
    one learned what that one learned as well.
    """
    found: dict[str, Reference] = {}
    for other in _inputs(workspace, reference, set()):
        if other.refers == sort:
            found.setdefault(other.path, other)
    return list(found.values())


def _inputs(workspace: Workspace, reference: Reference, seen: set[str]) -> Iterator[Reference]:
    if not reference.run or reference.run in seen:
        return
    seen.add(reference.run)
    own = references.load(Run(workspace.runs / reference.run).inputs().get("references")).values()
    yield from own
    for other in own:
        if other.refers == reference.refers:
            yield from _inputs(workspace, other, seen)
