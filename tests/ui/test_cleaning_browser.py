"""A fix is switched on upon the form, the counts change, and the dataset is made so: as a person does it."""

from __future__ import annotations

import json

from playwright.sync_api import Browser, expect

from studio.core.workspace import Workspace
from tests.ui.conftest import Studio, recipe_of, says
from tests.ui.test_accessibility import AXE, DAY, FIND, WIDE
from tests.ui.test_check_table import ROWS
from tests.ui.test_mapping_browser import drop, rows_of


def test_a_fix_is_switched_on_and_the_counts_change(browser: Browser, studio: Studio, workspace: Workspace) -> None:
    studio.start()
    page = browser.new_context(bypass_csp=True, viewport={"width": 1280, "height": 1000}).new_page()
    page.goto(f"{studio.url}#data")
    page.wait_for_selector("body.ready-dataset")
    lines = "".join(json.dumps(row, ensure_ascii=False) + "\n" for row in ROWS)
    drop(page, "论坛.jsonl", lines.encode())
    place = page.locator("#tab-data .checked")
    facts = place.locator(".checked-facts")
    expect(facts).to_have_text("全部 3 行：修正 2 行，丢弃 0 行，保留 3 行")
    line = place.locator('[data-line="forum_noise"]')
    expect(line.locator("select")).to_have_value("")
    line.get_by_text("示例").click()
    expect(line.locator("dd").last).to_have_text("卡托普利，每日一次。")

    line.locator("select").select_option("fix")
    expect(line.locator("td.number")).to_contain_text("修正 1")
    expect(line.locator("details")).to_have_attribute("open", "")
    place.locator('[data-line="advertisement"] select').select_option("drop")
    expect(facts).to_have_text("全部 3 行：修正 1 行，丢弃 1 行，保留 2 行")
    place.locator('[data-line="advertisement"] select').select_option("")
    place.locator('[data-line="html"] select').select_option("off")
    expect(facts).to_have_text("全部 3 行：修正 1 行，丢弃 0 行，保留 3 行")
    expect(place.locator(".checked-others")).not_to_have_attribute("open", "")
    says(recipe_of(page, "dataset", ""), "clean:\n  forum_noise: fix\n  html: 'off'\n")

    page.add_script_tag(content=AXE)
    assert page.evaluate(FIND, DAY) == []
    page.set_viewport_size({"width": 390, "height": 900})
    assert page.evaluate(WIDE) == []
    page.set_viewport_size({"width": 1280, "height": 1000})

    page.reload()
    page.wait_for_selector("body.ready-dataset")
    expect(place.locator('[data-line="forum_noise"] select')).to_have_value("fix")
    expect(facts).to_have_text("全部 3 行：修正 1 行，丢弃 0 行，保留 3 行")
    page.locator("#tab-data").get_by_role("button", name="开始", exact=True).click()
    assert {"卡托普利，每日一次。"} <= {row["gold"] for row in rows_of(workspace)}

    page.locator("details.left-out > summary").filter(has_text="数据检查结果").click()
    page.locator('a[href*="#findings="][href*="check=forum_noise"]').click()
    expect(page.get_by_role("heading", name="的检查结果")).to_be_visible()
    expect(page.locator("table").filter(has_text="论坛客套话").last).to_contain_text("→ 卡托普利，每日一次。")
    page.context.close()
