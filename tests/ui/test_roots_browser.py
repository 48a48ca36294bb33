"""Which files the page lets a recipe name."""

from __future__ import annotations

from pathlib import Path

import pytest
from playwright.sync_api import Browser, expect

from studio.runs.store import RunStore
from tests.ui.conftest import Studio, recipe_of

_ROWS = "".join(f'{{"question": "What reverses drug {n}?", "answer": "Antidote number {n}."}}\n' for n in range(9))


def test_the_page_checks_and_starts_no_recipe_that_reads_outside(
    browser: Browser, studio: Studio, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    opened, closed = tmp_path / "opened", tmp_path / "closed"
    for folder in (opened, closed):
        folder.mkdir()
        (folder / "rows.jsonl").write_text(_ROWS)
    monkeypatch.setenv("STUDIO_DATA_ROOTS", str(opened))
    studio.start()
    page = browser.new_page()
    page.goto(f"{studio.url}en/#data")
    page.wait_for_selector("body.ready-dataset")
    form = page.locator("#tab-data")
    code = recipe_of(page, "dataset")
    form.get_by_role("button", name="Edit YAML").click()
    recipe = f"kind: dataset\nname: d\nsources:\n- file: {closed}/rows.jsonl\n"
    code.fill(recipe)
    for button in ("Start", "Check"):
        code.fill(recipe + f"# {button}\n")  # takes away what was said before
        form.get_by_role("button", name=button, exact=True).click()
        expect(form.locator(".said .notice")).to_contain_text(f"STUDIO_DATA_ROOTS naming its folder (now: {opened})")
    assert RunStore(studio.workspace).all() == []
    expect(form.locator("div.foreseen .amounts")).to_have_count(0)  # nor does the forecast look into it
    code.fill(recipe.replace(str(closed), str(opened)))
    expect(form.locator("div.foreseen .amounts")).to_contain_text("9 rows")
    form.get_by_role("button", name="Check", exact=True).click()
    expect(form.locator(".said .notice")).to_contain_text("The recipe is valid")
    page.close()
