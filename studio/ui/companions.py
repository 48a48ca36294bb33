"""What a thing was used with: a link that goes on from it chooses that as well."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import islice

from studio.core.errors import InputError
from studio.core.option import refers_to
from studio.runs import references
from studio.runs.directory import Run
from studio.runs.kinds import KINDS
from studio.runs.store import RunStore
from studio.ui.context import Context

_LOOKED_AT = 30  # runs of a kind, the newest: a panel must not wait


def companions(context: Context, tab: str, run: Run) -> list[tuple[str, str]]:
    """Return what goes with a run's product in the form of a tab, `(sort, name)` each.

    First what the run itself was made from, a model from its dataset; then what was used with either of them the last
    time that a run of the tab's kind was finished.
    """
    kind = next(name for name, each in KINDS.all().items() if each.introduction and each.introduction.tab == tab)
    asked = _sorts(kind)
    made = {run.id, *(maker for sort, _, maker in _inputs(run) if maker and sort in asked)}
    found = {sort: given for sort, given, _ in reversed([*_inputs(run)]) if sort in asked}  # the first of a sort
    for entry in islice(RunStore(context.workspace).finished(kind), _LOOKED_AT):
        used = [*_inputs(entry.run)]
        if made & {maker for _, _, maker in used}:
            found = {sort: given for sort, given, _ in used if sort in asked} | found
    return [(sort, name) for sort, name in found.items() if _is_here(context, sort, name)]


def _sorts(kind: str) -> set[str]:
    """Return the sorts of which a form asks for one alone: a list says by itself what it compares."""
    fields = KINDS.load(kind).recipe.model_fields.values()
    return {refers_to(field) for field in fields if field.annotation is str} - {""}


def _inputs(run: Run) -> Iterator[tuple[str, str, str]]:
    """Yield `(sort, name, run that made it)` for what a run was made from."""
    for reference in references.load(run.inputs().get("references")).values():
        yield reference.refers, reference.given, reference.run


def _is_here(context: Context, sort: str, name: str) -> bool:
    try:
        references.resolve(context.workspace, sort, name)
    except InputError:
        return False
    return True
