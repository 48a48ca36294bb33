"""What the page starts without a form."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from studio.core import recipe as recipes
from studio.core.files import is_name
from studio.core.modelcard import fetched, find_model_folder
from studio.core.workspace import Workspace
from studio.models.known_models import PACKAGED, PackagedModel
from studio.runs.directory import Run
from studio.runs.launch import start
from studio.runs.recipes import check_whole
from studio.ui import without_leaks

DEMO = "recipes/demo/demo.yaml"
CHINESE = "recipes/demo/demo.zh.yaml"
CHINESE_MODELS = ("Qwen/Qwen2.5-0.5B-Instruct", "BAAI/bge-small-zh-v1.5")
"""The hub models that the Chinese demo works with."""
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


def missing_chinese(workspace: Workspace) -> list[str]:
    """Return the hub ids of the models that the Chinese demo works with and that are not here yet."""
    return [id for id in CHINESE_MODELS if find_model_folder(workspace, id) is None]


def demo(workspace: Workspace, argument: str = "") -> Run:
    """Start the demo's pipeline, the Chinese one where `zh` is asked for; the models it needs are fetched first."""
    if argument == "zh":
        return start_document(workspace, _chinese(workspace))
    document = recipes.read_file(workspace.path(DEMO))
    wanted = [
        {"recipe": _FETCH, "set": {"name": model.name, "model": model.name}} for model in missing_models(workspace)
    ]
    if wanted:
        values = {**document.values, "steps": [*wanted, *document.values["steps"]]}
        document = recipes.RecipeDocument(DEMO, values, {(): 1})
    return start_document(workspace, document)


def _chinese(workspace: Workspace) -> recipes.RecipeDocument:
    """Return the Chinese demo's recipe without the steps that fetch what is here."""
    document = recipes.read_file(workspace.path(CHINESE))
    missing = missing_chinese(workspace)
    steps = []
    for step in document.values["steps"]:
        its = recipes.read_file(workspace.path(str(step["recipe"]))).values
        if its.get("kind") != "fetch" or its.get("model") in missing:
            steps.append(step)
    return recipes.RecipeDocument(CHINESE, {**document.values, "steps": steps}, {(): 1})


def fetch(workspace: Workspace, model: str) -> Run:
    """Start fetching a model by its name or hub id."""
    tail = model.rpartition("/")[2].replace(":", "-")
    name = tail if is_name(tail) else "model"
    values = {"kind": "fetch", "name": name, "model": model}
    return start_document(workspace, recipes.RecipeDocument("fetch", values, {(): 1}))


STARTERS: Mapping[str, Callable[[Workspace, str], Run]] = {"demo": demo, "fetch": fetch, "without": without_leaks.begin}
