"""The demo's button in a workspace without models: it fetches them first, and says so."""

from __future__ import annotations

import pytest

from studio.core import recipe as recipes
from studio.core.workspace import Workspace
from studio.models.known_models import PACKAGED
from studio.runs.recipes import check_whole
from studio.ui import starters
from studio.ui.context import Context
from studio.ui.parts import demo


def test_the_demo_fetches_the_models_that_are_not_here(
    workspace: Workspace, zh: Context, en: Context, monkeypatch: pytest.MonkeyPatch
) -> None:
    started = []
    monkeypatch.setattr(starters, "start", lambda _, recipe, __: started.append(recipe))
    assert "先获取两个模型（176 MB），再开始演示" in demo.render(zh, {})["button"]
    assert "Fetch two models (176 MB), then start the demo" in demo.render(en, {})["button"]
    starters.demo(workspace)
    fetched = [step["set"]["model"] for step in started[0].model_dump()["steps"] if step["set"]]
    assert fetched == ["smollm2-135m-instruct", "all-minilm-l6-v2"]


def test_the_demo_is_its_recipe_once_they_are_here(
    workspace: Workspace, zh: Context, monkeypatch: pytest.MonkeyPatch
) -> None:
    started = []
    monkeypatch.setattr(starters, "start", lambda _, recipe, __: started.append(recipe))
    for model in PACKAGED:
        (workspace.models / model.name).mkdir()
        (workspace.models / model.name / "config.json").write_text("{}")
        (workspace.models / model.name / "modules.json").write_text("[]")
    assert "开始演示" in demo.render(zh, {})["button"]
    assert "MB" not in demo.render(zh, {})["button"]
    starters.demo(workspace)
    assert started[0] == check_whole(workspace, recipes.read_file(workspace.path(starters.DEMO))).recipe
