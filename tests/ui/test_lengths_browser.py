"""The lengths of the rows below the field that cuts them, on the form of a training."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path

from playwright.sync_api import Browser, expect

from studio.core.workspace import Workspace
from studio.data.records.question import Question
from studio.runs.directory import Run
from tests.ui.conftest import Studio, recipe_of, says
from tests.ui.test_rows import dataset_of

ROWS = [Question(id=str(n), stem="What reverses heparin?" + " heparin" * (40 * n), gold="Protamine.") for n in range(5)]


def test_the_form_measures_lengths_and_says_how_many_rows_a_cut_off_cuts(
    browser: Browser, studio: Studio, workspace: Workspace, tiny_model: Path, new_run: Callable[..., Run]
) -> None:
    (workspace.models / "tiny").symlink_to(tiny_model)
    run = dataset_of(new_run, ROWS)
    for split in ("val", "test"):
        (run.path / "dataset" / f"{split}.jsonl").touch()
    studio.start(wait_s=180.0)
    page = browser.new_page(viewport={"width": 1280, "height": 1000})
    page.set_default_timeout(90_000)
    page.goto(f"{studio.url}en/#train=dataset:d+model:tiny")
    form = page.locator("#form-train")
    page.wait_for_selector("body.ready-train", timeout=60_000)
    form.get_by_role("button", name="More options").click()
    form.get_by_role("button", name="Measure lengths").click()
    said = form.locator(".lengths-plot output")
    expect(said).to_contain_text("None of 5 rows is longer than 512 tokens", timeout=90_000)
    cut = form.get_by_label("Longest row")
    cut.fill("100")
    expect(said).to_contain_text(re.compile(r"[1-4] of 5 rows \([2-8]0\.0%\) are longer than 100 tokens"))
    slider = form.get_by_label("Cut at")
    slider.fill("110")
    expect(said).to_contain_text("longer than 110 tokens")
    expect(cut).to_have_value("110")
    says(recipe_of(page, "train"), "max_length: 110")
    expect(form.locator(".forecast .heed")).to_contain_text("longer than 110 tokens")
    page.goto(f"{studio.url}#train")
    page.wait_for_selector("body.ready-train", timeout=60_000)
    page.locator("#form-train").get_by_role("button", name="更多选项").click()
    expect(page.locator("#form-train .lengths-plot output")).to_contain_text("5 行中有")
    page.screenshot(path="/tmp/trainpage-len1.png")
    page.set_viewport_size({"width": 400, "height": 900})
    page.wait_for_timeout(500)
    page.screenshot(path="/tmp/trainpage-len2.png")
    page.close()
