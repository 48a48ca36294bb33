"""What the page starts without a form."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from studio.core import recipe as recipes
from studio.core.files import is_name
from studio.core.settings import Workspace
from studio.kinds._load import check_document
from studio.runs.directory import Run
from studio.runs.launch import start

DEMO = "recipes/demo/demo.yaml"


def start_document(workspace: Workspace, document: recipes.Document) -> Run:
    """Validate a recipe, check that it can work here, and start it.

    Raises:
        RecipeError: its faults, all at once.
        UnavailableError: the disk is full.
    """
    return start(workspace, check_document(workspace, document))


def demo(workspace: Workspace, argument: str = "") -> Run:
    """Start the demo's pipeline."""
    return start_document(workspace, recipes.read_file(workspace.path(DEMO)))


def fetch(workspace: Workspace, model: str) -> Run:
    """Start fetching a model by its name or hub id."""
    tail = model.rpartition("/")[2]
    name = tail if is_name(tail) else "model"
    values = {"kind": "fetch", "name": name, "model": model}
    return start_document(workspace, recipes.Document("fetch", values, {(): 1}))


STARTERS: Mapping[str, Callable[[Workspace, str], Run]] = {"demo": demo, "fetch": fetch}
