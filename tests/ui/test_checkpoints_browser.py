"""A stopped training is resumed from a checkpoint that somebody chooses in its panel; another one is kept."""

from __future__ import annotations

import re
from pathlib import Path

from playwright.sync_api import Browser, expect

from studio.core.workspace import Workspace
from studio.runs import control, launch
from studio.runs.view import view
from studio.training import checkpoints
from studio.training.recipe import TrainRecipe
from tests.training.conftest import questions, write_dataset
from tests.ui.conftest import Studio, until


def test_a_training_is_resumed_from_a_chosen_checkpoint(
    browser: Browser, studio: Studio, workspace: Workspace, tiny_model: Path
) -> None:
    write_dataset(workspace.root / "facts", questions(20), questions())
    values = {"model": str(tiny_model), "dataset": "facts", "batch_size": 4, "epochs": 500, "evaluate_every": 5}
    run = launch.start(workspace, TrainRecipe(name="tiny", checkpoint_every=5, keep=5, **values))
    until(lambda: len(checkpoints.found(run.path)) >= 3)
    control.ask(run)
    assert control.wait([run], 60)
    assert run.status() == "stopped", run.log_file.read_text()
    chosen = checkpoints.found(run.path)[1]
    studio.start()
    page = browser.new_page(viewport={"width": 1280, "height": 900})
    page.goto(f"{studio.url}en/#runs={run.id}")
    row = page.locator("table.checkpoints tr", has=page.get_by_text(chosen.name, exact=True))
    row.get_by_role("button", name="Keep", exact=True).click()
    expect(row.get_by_text("kept", exact=True)).to_be_visible()
    assert checkpoints.found(run.path)[1].kept
    row.get_by_role("button", name="Resume from here").click()
    page.get_by_role("dialog").get_by_role("button", name="Resume from here").click()
    until(lambda: f"going on from step {chosen.step}\n" in run.log_file.read_text())
    until(lambda: view(run).progress.done > chosen.step)
    expect(page.locator(".title .chip")).to_have_text(re.compile("running"))
    expect(row.get_by_role("button", name="Resume from here")).to_have_count(0)
    page.close()
