"""From a recipe's text to a checked recipe, ready to run."""

from __future__ import annotations

from studio.core import recipe as recipes
from studio.core.errors import Fault, InputError, RecipeError
from studio.core.recipe import Document, Recipe
from studio.core.settings import Workspace
from studio.runs import references
from studio.runs.kind import Kind
from studio.runs.kinds import KINDS


def load_recipe(workspace: Workspace, path: str, settings: list[str]) -> Recipe:
    """Read a recipe file, lay `a.b=value` settings over it, and check it whole.

    Raises:
        InputError: the file cannot be read.
        RecipeError: every fault of the recipe at once: of its form, and of what it refers to.
    """
    found = workspace.path(path)
    document = recipes.override(recipes.read_file(found), settings)
    return check_document(workspace, document)


def check_document(workspace: Workspace, document: Document) -> Recipe:
    """Check a recipe's form, and that what it names is here. Raises RecipeError with every fault of both."""
    kind = _kind(document)
    try:
        recipe = recipes.validate(document, kind.recipe)
    except RecipeError as error:
        told = [fault.path for fault in error.faults]
        missing = [_located(document, fault) for fault in references.missing(workspace, kind.recipe, document.values)]
        new = [fault for fault in missing if not any(fault.path[: len(path)] == path for path in told)]
        faults = sorted([*error.faults, *new], key=lambda fault: recipes.document_order(document, fault))
        raise RecipeError(faults) from error
    faults = kind.check(recipe, workspace)
    if faults:
        raise RecipeError([_located(document, fault) for fault in faults])
    return recipe


def validate_document(document: Document) -> Recipe:
    """Check a recipe's form alone. Raises RecipeError with every fault."""
    return recipes.validate(document, _kind(document).recipe)


def _kind(document: Document) -> Kind:
    try:
        return KINDS.load(document.kind)
    except RecipeError:
        raise
    except InputError as error:
        raise RecipeError([Fault(f"{document.where(('kind',))}: kind", error.message)]) from error


def _located(document: Document, fault: Fault) -> Fault:
    """Return a fault of a dotted field with the file and line it stands on."""
    path = recipes.undotted(fault.where)
    return Fault(f"{document.where(path)}: {fault.where}", fault.message, path, document.lines.get(path, 0))
