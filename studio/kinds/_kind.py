"""What a kind of run is."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from studio.core.errors import Fault, InputError, RecipeError
from studio.core.recipe import Recipe
from studio.core.settings import Workspace
from studio.core.text import Text
from studio.models.folder import check_folder, is_embedder
from studio.runs import references
from studio.runs.job import Job, Outcome


def check_references(recipe: Any, workspace: Workspace) -> list[Fault]:
    """Return a fault for every name in a recipe that means nothing here."""
    try:
        references.resolve_all(workspace, recipe)
    except RecipeError as error:
        return error.faults
    return []


_NO_ANSWERS = Text("this is an embedding model; it cannot answer", "这是向量模型，不能回答问题")


def check_chat_model(workspace: Workspace, given: str, field: str, embeds: Text = _NO_ANSWERS) -> list[Fault]:
    """Return a fault for a model that is here but cannot be used; a name that means nothing is no matter of this one.

    Args:
        embeds: what is said of an embedding model.
    """
    try:
        folder = references.resolve(workspace, "model", given).locate(workspace)
    except InputError:
        return []
    if is_embedder(folder):
        return [Fault(field, embeds)]
    try:
        check_folder(folder)
    except InputError as error:
        return [Fault(field, error.message)]
    return []


@dataclass(frozen=True)
class Kind:
    """A kind of run.

    Args:
        recipe: the schema; its fields are the form, the YAML keys and the documentation.
        run: does the work. It imports what is heavy itself, so that reading a schema stays light.
        title: what a user calls it.
        heavy: whether it needs the accelerator for itself.
        check: returns what keeps the recipe from working in a workspace, each fault with its dotted field as `where`.
    """

    recipe: type[Recipe]
    run: Callable[[Any, Job], Outcome]
    title: Text
    heavy: bool = True
    check: Callable[[Any, Workspace], list[Fault]] = check_references
