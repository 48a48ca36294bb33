"""What a kind of run is."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from studio.core.recipe import Recipe
from studio.core.settings import Workspace
from studio.core.text import Text
from studio.runs import references
from studio.runs.job import Job, Outcome


def _check_references(recipe: Any, workspace: Workspace) -> None:
    references.resolve_all(workspace, recipe)


@dataclass(frozen=True)
class Kind:
    """A kind of run.

    Args:
        recipe: the schema; its fields are the form, the YAML keys and the documentation.
        run: does the work. It imports what is heavy itself, so that reading a schema stays light.
        title: what a user calls it.
        heavy: whether it needs the accelerator for itself.
        check: raises InputError where the recipe cannot work in a workspace, before anything starts.
    """

    recipe: type[Recipe]
    run: Callable[[Any, Job], Outcome]
    title: Text
    heavy: bool = True
    check: Callable[[Any, Workspace], None] = _check_references
