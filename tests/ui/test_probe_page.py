"""The probe of identifiers on the page: reached from a trained model and from Evaluate, begun there, and its report shown."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest
from playwright.sync_api import Browser, expect

from studio.core.files import write_json
from studio.core.reporter import Silent
from studio.core.workspace import Workspace
from studio.evaluation.probe import probe
from studio.evaluation.recipe import ProbeRecipe
from studio.runs import references
from studio.runs.directory import Run
from studio.runs.store import RunStore
from studio.training.recipe import TrainRecipe
from studio.ui.context import Context
from studio.ui.outputs.probe import OUTPUT
from tests.ui.conftest import Studio, says

SAYS = "请拨打13800138000联系王小红的家属。"


@pytest.fixture
def trained(workspace: Workspace, new_run: Callable[..., Run], tiny_model: Path) -> Run:
    """A finished training on a dataset with a telephone number in it."""
    made = new_run("dataset", name="talks", sources=[{"file": "x"}])
    (made.path / "dataset").mkdir()
    row = {"id": "1", "stem": "怎样联系？", "gold": SAYS}
    (made.path / "dataset" / "train.jsonl").write_text(json.dumps(row, ensure_ascii=False) + "\n", encoding="utf-8")
    for part in ("val", "test"):
        (made.path / "dataset" / f"{part}.jsonl").touch()
    write_json(
        made.path / "dataset" / "dataset.json", {"record": "question", "splits": {"train": 1, "val": 0, "test": 0}}
    )
    made.write_result("finished", metrics={}, outputs={"dataset": "dataset"}, error=None)
    shutil.copytree(tiny_model, workspace.models / "tiny")
    recipe = TrainRecipe(name="mine", model="tiny", dataset="talks")
    found = references.resolve_all(workspace, recipe).require()
    run = RunStore(workspace).create(recipe, {"references": references.dump(found)})
    shutil.copytree(tiny_model, run.path / "model")
    run.write_result("finished", metrics={"loss": 0.1}, outputs={"model": "model"}, error=None)
    return run


def report(workspace: Workspace, new_run: Callable[..., Run], model: Path) -> Run:
    run = new_run("probe", name="p", model="tiny", texts=[SAYS])
    recipe = ProbeRecipe(name="p", model="tiny", texts=[SAYS], candidates=8)
    metrics = probe(recipe, model, None, [], run.path / "probe", workspace, Silent())
    run.write_result("finished", metrics=metrics, outputs={"probe": "probe"}, error=None)
    return run


def test_a_report_says_what_came_of_each_kind(
    zh: Context, en: Context, workspace: Workspace, new_run: Callable[..., Run], tiny_model: Path
) -> None:
    run = report(workspace, new_run, tiny_model)
    file = run.path / "probe" / "probe.json"
    about = json.loads(file.read_text())
    shown = str(OUTPUT.show(zh, run, run.path / "probe"))
    assert "notice info" in shown and "电话号码" in shown and "13800138000" not in shown
    about |= {"completed": 1, "said": {"en": "By heart.", "zh": "已记住。"}}
    about["identifiers"][0] |= {"completed": True, "rank": 1, "shown": "<i>1••"}
    write_json(file, about)
    shown = str(OUTPUT.show(en, run, run.path / "probe"))
    assert "notice warn" in shown and "By heart." in shown and "What it knows best (1 of 1)" in shown
    assert "&lt;i&gt;1••" in shown and "1 / 8" in shown


def test_a_report_of_an_older_studio_is_shown_as_it_was_written(
    zh: Context, workspace: Workspace, new_run: Callable[..., Run]
) -> None:
    run = new_run("probe", name="p", model="tiny", texts=[SAYS])
    (run.path / "probe").mkdir()
    write_json(run.path / "probe" / "probe.json", {"n": 2})
    (run.path / "probe" / "probe.zh.md").write_text("没有**迹象**。", encoding="utf-8")
    assert "没有<strong>迹象</strong>" in str(OUTPUT.show(zh, run, run.path / "probe"))


def test_a_model_is_probed_from_its_panel(browser: Browser, studio: Studio, trained: Run) -> None:
    studio.start()
    page = browser.new_page(viewport={"width": 400, "height": 900})
    page.set_default_timeout(90_000)  # milliseconds: a loaded machine takes its time to follow a link
    page.goto(f"{studio.url}en/#evaluate")
    page.get_by_role("link", name="ask a model for identifiers").click()
    expect(page.locator("#form-probe")).to_be_visible()
    page.goto(f"{studio.url}en/#train={trained.id}")
    page.get_by_role("link", name="Probe it for identifiers").click()
    expect(page.locator("#form-probe").get_by_label("Model", exact=True)).to_have_value("mine")
    expect(page.locator("#form-probe").get_by_label("Dataset", exact=True)).to_have_value("talks")
    page.locator("#field-probe-texts textarea").fill("Who is it? It is [[Karen Wilson]].")
    page.get_by_role("button", name="Recipe (YAML)").locator("visible=true").click()
    says(page.locator("#recipe-probe textarea"), "[[Karen Wilson]]")
    page.locator("#form-probe .begin").click()
    shown = page.locator(".output.probe")
    expect(shown.locator(".count").first).to_contain_text("2", timeout=90_000)
    expect(shown).to_contain_text("telephone number")
    expect(shown).to_contain_text("marked in a text")
    assert page.evaluate("document.documentElement.scrollWidth") <= 400
    page.close()
