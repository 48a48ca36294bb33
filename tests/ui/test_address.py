"""What a tab shows stands in the address: a reload, Back, Forward and the other language keep it."""

from __future__ import annotations

import re
from collections.abc import Callable

from playwright.sync_api import Browser, expect

from studio.runs.directory import Run
from tests.ui.conftest import Studio


def test_a_stations_chosen_run_stands_in_the_address(
    browser: Browser, studio: Studio, new_run: Callable[..., Run]
) -> None:
    first, second = (new_run("train", name=name, dataset="d") for name in ("心内科", "second"))
    for run in (first, second):
        run.write_result("finished", metrics={"loss": 1.0}, outputs={}, error=None)
    studio.start()
    page = browser.new_page(viewport={"width": 1280, "height": 1000})
    page.goto(f"{studio.url}en/#train")
    tab = page.locator("#tab-train")
    title, choice = tab.locator(".live .title strong"), tab.locator("select[data-param=run]")
    expect(title).to_have_text("second", timeout=60_000)
    choice.select_option(first.id)
    expect(title).to_have_text("心内科", timeout=30_000)
    assert page.evaluate("decodeURIComponent(location.hash)") == f"#train={first.id}"
    page.reload()
    expect(title).to_have_text("心内科", timeout=60_000)
    page.locator("#tab-home-button").click()
    page.locator("#tab-train-button").click()
    assert page.evaluate("decodeURIComponent(location.hash)") == f"#train={first.id}", "the tab kept what it shows"
    page.go_back()
    page.go_back()
    expect(title).to_have_text("心内科", timeout=30_000)
    page.go_back()
    expect(page).to_have_url(re.compile(r"#train$"))
    expect(title).to_have_text("second")
    page.go_forward()
    expect(title).to_have_text("心内科", timeout=30_000)
    page.locator("a.language").click()
    expect(tab.locator(".live .chip")).to_have_text("已完成", timeout=60_000)
    expect(title).to_have_text("心内科", timeout=30_000)
    choice.select_option("")
    expect(page).to_have_url(re.compile(r"#train$"))
    newer = new_run("train", name="newer", dataset="d")
    newer.write_result("finished", metrics={}, outputs={}, error=None)
    expect(title).to_have_text("newer", timeout=60_000)
    page.evaluate("location.hash = '#evaluate=20990101-000000-evaluate-%E4%BC%9A%zz'")
    expect(page.locator("#tab-evaluate .live .empty")).to_contain_text("这次运行已经不在了", timeout=60_000)
    page.close()
