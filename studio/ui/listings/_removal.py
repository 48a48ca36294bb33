"""Removing several things at once: who still needs them is asked before, and all that can go goes."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence

from studio.core.errors import InputError, StudioError
from studio.core.text import Text
from studio.runs.removal import Need
from studio.ui.context import Context
from studio.ui.needs import still_needed


def asked(context: Context, question: str, needs: Iterable[Need], ids: Sequence[str]) -> tuple[str, str]:
    """Return a question with those who still need what goes, but for what goes with it, and their ids."""
    others = {need.entry.id: need for need in needs if need.entry.id not in ids}
    return question + still_needed(context, others.values()), ",".join(others)


def all_that_can(removals: Iterable[Callable[[], None]]) -> None:
    """Do every removal, whatever becomes of the others.

    Raises:
        InputError: some could not be done; says each with its reason.
    """
    faults = []
    for remove in removals:
        try:
            remove()
        except StudioError as error:
            faults.append(error.message)
    if faults:
        raise InputError(Text("\n".join(fault.en for fault in faults), "\n".join(fault.zh for fault in faults)))
