"""A row that was left out is put back from the list of those, on the form of a new dataset."""

from __future__ import annotations

from collections.abc import Callable

from playwright.sync_api import Browser

from studio.core.workspace import Workspace
from studio.runs.directory import Run
from tests.ui.conftest import Studio, recipe_of, says
from tests.ui.test_rows import built


def test_a_row_is_put_back(browser: Browser, studio: Studio, workspace: Workspace, new_run: Callable[..., Run]) -> None:
    same = {"question": "第1种药过量怎么办？", "answer": "用第1种拮抗剂"}
    run = built(workspace, new_run, [same, same])
    studio.start()
    page = browser.new_page()
    page.goto(f"{studio.url}#rows={run.id}?view=rejected&row=1")
    page.get_by_role("link", name="放回", exact=True).click()
    says(recipe_of(page, "dataset", ""), "restore:\n- raw.jsonl:2")
    page.close()
