"""A run that somebody follows, in Chromium: its title and its end are said, and its recipe begins another."""

from __future__ import annotations

import subprocess
from collections.abc import Callable

from playwright.sync_api import Browser, expect

from studio.core.text import Text
from studio.runs.directory import Run
from studio.runs.events import EventLog
from studio.runs.process import Process
from tests.ui.conftest import Studio, recipe_of, says


def test_a_run_is_followed_to_its_end_and_begun_again(
    browser: Browser, studio: Studio, new_run: Callable[..., Run]
) -> None:
    run = new_run("train", name="heart-lora", dataset="d", learning_rate=0.0007)
    worker = subprocess.Popen(["sleep", "120"], start_new_session=True)  # the fixture ends whoever is at work in a run
    Process.of(worker.pid).save(run.process_file)
    events = EventLog(run.events_file)
    events.stage("train", Text("Training", "训练"))
    for step in range(1, 5):
        events.progress(step, 10, "steps")
        events.metric(step, {"loss": 3.0 / step, "learning_rate": 0.1})
    run.log_file.write_text("".join(f"line {number}\n" for number in range(60)))
    studio.start()
    page = browser.new_page(viewport={"width": 1440, "height": 1000})
    page.goto(f"{studio.url}#runs={run.id}")
    shown = page.locator("#tab-runs .live[data-part=panel]")
    shown.locator(".plot.large").wait_for()
    expect(page).to_have_title("40 % · 运行 · MedQA Studio")
    expect(shown.get_by_role("progressbar", name="训练")).to_be_visible()
    said = page.locator("#announced[role=status]")
    expect(said).to_have_text("")

    log = shown.locator(".log")
    expect(log).to_contain_text("line 59")
    folded = log.bounding_box()
    log.click()
    opened = log.bounding_box()
    assert folded and opened and folded["height"] < 150 < opened["height"]
    expect(shown.get_by_role("button", name="收起")).to_have_attribute("aria-expanded", "true")

    run.write_result("finished", outputs={}, metrics={}, error=None)
    expect(said).to_have_text("训练“heart-lora”已完成")
    expect(page).to_have_title("运行 · MedQA Studio")
    curve, figures = (shown.locator(f"[data-slice={name}]").bounding_box() for name in ("course", "title"))
    assert curve and figures and curve["y"] + curve["height"] - figures["y"] < 900

    shown.get_by_text("这次运行").click()
    shown.get_by_role("button", name="复制").first.click()
    expect(page.locator(".toast")).to_have_text("已复制")
    shown.get_by_role("link", name="用这份配方再来一次").click()
    form = page.locator("#tab-train")
    page.wait_for_selector("body.ready-train")
    says(recipe_of(page, "train", ""), "learning_rate: 0.0007")
    expect(form.get_by_label("名称").first).to_have_value("heart-lora")
    expect(page).to_have_title("训练 · MedQA Studio")
    page.close()
    worker.kill()
    worker.wait()
