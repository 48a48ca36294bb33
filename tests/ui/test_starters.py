"""The demo's button in a workspace without models: it fetches them first, and says so."""

from __future__ import annotations

import json

import pytest

from studio.core import recipe as recipes
from studio.core.recipe import Recipe
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
    assert "先获取两个模型（176 MB），再开始演示（英文题目）" in demo.render(zh, {})["button"]
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
    shown = str(demo.render(zh, {})["button"])
    assert "开始演示（英文题目）" in shown.partition("</button>")[0]
    assert "MB" not in shown.partition("</button>")[0]
    starters.demo(workspace)
    assert started[0] == check_whole(workspace, recipes.read_file(workspace.path(starters.DEMO))).recipe


def test_the_chinese_demo_comes_first_where_its_models_are_here(
    workspace: Workspace, zh: Context, en: Context, monkeypatch: pytest.MonkeyPatch
) -> None:
    started: list[Recipe] = []
    monkeypatch.setattr(starters, "start", lambda _, recipe, __: started.append(recipe))
    before = str(demo.render(zh, {})["button"])
    assert before.index("英文题目") < before.index("中文演示（需下载约 1.1 GB）")
    assert "BAAI/bge-small-zh-v1.5（约 1.1 GB）" in before and 'data-post="start/demo/zh"' in before
    assert "start/demo/zh" not in demo.render(en, {})["button"]
    version = demo.version(zh, {})
    starters.demo(workspace, "zh")
    for folder, id in (("qwen", starters.CHINESE_MODELS[0]), ("bge", starters.CHINESE_MODELS[1])):
        (workspace.models / folder).mkdir()
        (workspace.models / folder / "config.json").write_text("{}")
        (workspace.models / folder / "studio.json").write_text(json.dumps({"id": id}))
    (workspace.models / "bge" / "modules.json").write_text("[]")
    assert demo.version(zh, {}) != version
    shown = str(demo.render(zh, {})["button"])
    assert shown.index("开始中文演示") < shown.index("英文题目")
    starters.demo(workspace, "zh")
    all_, without = ([step["recipe"] for step in recipe.model_dump()["steps"]] for recipe in started)
    assert [step for step in all_ if "fetch" in step] == ["recipes/demo/fetch.qwen.yaml", "recipes/demo/fetch.bge.yaml"]
    assert without == [step for step in all_ if "fetch" not in step]
