"""A stopped training is resumed from a checkpoint that somebody chooses in its panel; another one is kept."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest
from playwright.sync_api import Browser, expect

from studio.core.workspace import Workspace
from studio.runs import control
from studio.training import checkpoints, retention
from studio.training.kinds.train import run as train
from tests.training.conftest import ordered
from tests.ui.conftest import Studio, until


def test_a_training_is_resumed_from_a_chosen_checkpoint(
    browser: Browser, studio: Studio, workspace: Workspace, tiny_model: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    recipe, job = ordered(workspace, tiny_model, epochs=4, checkpoint_every=1, keep=5)
    with monkeypatch.context() as patch:
        patch.setattr(retention, "finish", lambda *_: None)  # its optimizers stay, as of one that is not finished
        train(recipe, job)
    run = job.run
    shutil.rmtree(run.path / "model")
    run.write_result("stopped", outputs={}, metrics={}, error=None)
    studio.start(wait_s=180)
    page = browser.new_page(viewport={"width": 1280, "height": 900})
    page.goto(f"{studio.url}en/#runs={run.id}")
    row = page.locator("table.checkpoints tr", has=page.get_by_text("step-2", exact=True))
    row.get_by_role("button", name="Keep", exact=True).click()
    expect(row.get_by_text("kept", exact=True)).to_be_visible()
    assert [item.kept for item in checkpoints.found(run.path)] == [False, True, False, False]
    row.get_by_role("button", name="Resume from here").click()
    page.get_by_role("dialog").get_by_role("button", name="Resume from here").click()
    until(lambda: run.result() is None)
    assert control.wait([run], 300)
    assert run.status() == "finished", run.log_file.read_text()
    assert "going on from step 2\n" in run.log_file.read_text()
    expect(row.get_by_role("button", name="Resume from here")).to_have_count(0)
    page.close()
