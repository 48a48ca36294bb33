"""From a recipe's text to a checked recipe, ready to run."""

from __future__ import annotations

from dataclasses import dataclass

from studio.core import recipe as recipes
from studio.core import timing
from studio.core.errors import Fault, InputError, RecipeError
from studio.core.option import called
from studio.core.recipe import Recipe, RecipeDocument
from studio.core.recipe_faults import located, undotted
from studio.core.text import Text
from studio.core.workspace import Workspace
from studio.runs import references
from studio.runs.kind import Kind
from studio.runs.kinds import KINDS, kind_title
from studio.runs.references import Resolved
from studio.runs.store import RunStore


@dataclass(frozen=True)
class Checked:
    """A recipe that can be started, and what the names in it mean."""

    recipe: Recipe
    resolved: Resolved


def load_recipe(workspace: Workspace, path: str, settings: list[str]) -> Checked:
    """Read a recipe file, lay `a.b=value` settings over it, and check it whole.

    Raises:
        InputError: the file cannot be read.
        RecipeError: every fault of the recipe at once: of its form, and of what it refers to.
    """
    found = workspace.path(path)
    document = recipes.override(recipes.read_file(found), settings)
    return check_whole(workspace, document)


def check_whole(workspace: Workspace, document: RecipeDocument) -> Checked:
    """Check a recipe's form, and that what it names is here. Raises RecipeError with every fault of both."""
    kind = _kind(document)
    try:
        recipe = recipes.validate(document, kind.recipe)
    except RecipeError as error:
        told = [fault.path for fault in error.faults]
        missing = [
            _located(document, kind.recipe, fault)
            for fault in references.missing(workspace, kind.recipe, document.values)
        ]
        new = [fault for fault in missing if not any(fault.path[: len(path)] == path for path in told)]
        faults = sorted([*error.faults, *new], key=lambda fault: recipes.document_order(document, fault))
        raise RecipeError(faults) from error
    resolved = references.resolve_all(workspace, recipe)
    faults = faults_of(recipe, resolved)
    if faults:
        raise RecipeError([_located(document, kind.recipe, fault) for fault in faults])
    return Checked(recipe, resolved)


def understood(workspace: Workspace, document: RecipeDocument) -> Checked | None:
    """Return a recipe of good form whose names mean something, or None: what can be told while somebody writes it, for it
    opens nothing of what is named."""
    try:
        recipe = validate_document(document)
    except RecipeError:
        return None
    resolved = references.resolve_all(workspace, recipe)
    return None if resolved.faults else Checked(recipe, resolved)


def faults_of(recipe: Recipe, resolved: Resolved) -> list[Fault]:
    """Return what keeps a recipe of good form from working: names that mean nothing, fields at odds, and its kind's own."""
    kind = KINDS.load(recipe.kind)
    return [
        *resolved.faults,
        *recipe.all_conflicts(),
        *_timed(recipe),
        *_taken(resolved.workspace, recipe),
        *kind.check(recipe, resolved),
    ]


def _timed(recipe: Recipe) -> list[Fault]:
    """Return a fault where a recipe says when to run in two ways, or names a moment that is over."""
    if recipe.at and recipe.cron:
        at, cron = called(Recipe, "at"), called(Recipe, "cron")
        return [Fault("cron", Text(f"give {at.en} or {cron.en}, not both", f"{at.zh}和{cron.zh}只能填写一个"))]
    now = timing.local_now() if recipe.at else None
    if now is not None and timing.moment(recipe.at, now) < now:
        return [
            Fault("at", Text(f"this is over; it is {now:%Y-%m-%d %H:%M} now", f"时间已过；现在是 {now:%Y-%m-%d %H:%M}"))
        ]
    return []


def _taken(workspace: Workspace, recipe: Recipe) -> list[Fault]:
    """Return a fault where the recipe's name would from now on mean another thing than what is here by that name."""
    for product in KINDS.load(recipe.kind).makes:
        sort = KINDS.sorts().get(product.refers)
        if sort is None or not product.output:
            continue
        if sort.shelf is not None and sort.shelf.find(workspace, recipe.name) is not None:
            message = Text(
                f"a {sort.noun.en} that is here has this name, which would from now on mean the new one; choose another",
                f"这里已有同名{sort.noun.zh}，运行后这个名字会改指新的；请换一个名称",
            )
            return [Fault("name", message)]
        others = set(KINDS.makers(sort.name)) - {recipe.kind}
        maker = next((entry for entry in RunStore(workspace).finished(*others) if entry.name == recipe.name), None)
        if maker is not None:
            message = Text(
                f"another kind of run ({kind_title(maker.kind).en}) has made a {sort.noun.en} of this name; choose another",
                f"另一种运行（{kind_title(maker.kind).zh}）已经生成了同名的{sort.noun.zh}；请换一个名称",
            )
            return [Fault("name", message)]
    return []


def validate_document(document: RecipeDocument) -> Recipe:
    """Check a recipe's form alone. Raises RecipeError with every fault."""
    return recipes.validate(document, _kind(document).recipe)


def _kind(document: RecipeDocument) -> Kind:
    try:
        return KINDS.load(document.kind)
    except RecipeError:
        raise
    except InputError as error:
        raise RecipeError([Fault(f"{document.where(('kind',))}: kind", error.message)]) from error


def _located(document: RecipeDocument, model: type[Recipe], fault: Fault) -> Fault:
    """Return a fault of a dotted field with the file and line it stands on."""
    return located(document, model, undotted(fault.where), fault.message)
