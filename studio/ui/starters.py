"""What the page starts without a form."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from studio.core import recipe as recipes
from studio.core.files import is_name
from studio.core.modelcard import fetched
from studio.core.workspace import Workspace
from studio.models.known_models import PACKAGED, PackagedModel
from studio.runs.directory import Run
from studio.runs.launch import start
from studio.runs.recipes import check_whole

DEMO = "recipes/demo/demo.yaml"
_FETCH = "recipes/demo/fetch.yaml"


def start_document(workspace: Workspace, document: recipes.RecipeDocument) -> Run:
    """Validate a recipe, check that it can work here, and start it.

    Raises:
        RecipeError: its faults, all at once.
        UnavailableError: the disk is full.
    """
    checked = check_whole(workspace, document)
    return start(workspace, checked.recipe, checked.resolved)


def missing_models(workspace: Workspace) -> list[PackagedModel]:
    """Return the packaged models, which the demo works with, that are not here yet."""
    here = {folder.name for folder in fetched(workspace)}
    return [model for model in PACKAGED if model.name not in here]


def demo(workspace: Workspace, argument: str = "") -> Run:
    """Start the demo's pipeline; the models it needs are fetched first."""
    document = recipes.read_file(workspace.path(DEMO))
    wanted = [
        {"recipe": _FETCH, "set": {"name": model.name, "model": model.name}} for model in missing_models(workspace)
    ]
    if wanted:
        values = {**document.values, "steps": [*wanted, *document.values["steps"]]}
        document = recipes.RecipeDocument(DEMO, values, {(): 1})
    return start_document(workspace, document)


def fetch(workspace: Workspace, model: str) -> Run:
    """Start fetching a model by its name or hub id."""
    tail = model.rpartition("/")[2]
    name = tail if is_name(tail) else "model"
    values = {"kind": "fetch", "name": name, "model": model}
    return start_document(workspace, recipes.RecipeDocument("fetch", values, {(): 1}))


STARTERS: Mapping[str, Callable[[Workspace, str], Run]] = {"demo": demo, "fetch": fetch}
