"""The server killed in the middle of an upload, a training and an answer, and started again: the page heals by itself."""

from __future__ import annotations

import re
from pathlib import Path

from playwright.sync_api import Page, expect

from studio.runs.events import read_events
from studio.runs.store import RunStore
from tests.ui.conftest import Studio, until
from tests.ui.walk.job import DRAWS, RUNS, Job, answered
from tests.ui.walk.walker import Walker

_ROW = '{"question": "What reverses drug %d?", "answer": "Antidote number %d."}\n'


def walk(walker: Walker, studio: Studio, folder: Path) -> None:
    """Kill it three times; a station's seconds are those from the new start until all is well."""
    job = Job(walker)
    job.arrive()
    _upload(walker, studio, folder)
    job.training_begins()
    _training(walker, studio)
    job.knowledge()
    _answer(job, studio)


def _upload(walker: Walker, studio: Studio, folder: Path) -> None:
    page, hands = walker.page, walker.hands
    large = folder / "large.jsonl"
    large.write_text("".join(_ROW % (n, n) for n in range(40_000)), encoding="utf-8")
    hands.press(page.locator("#tab-data-button"))
    page.wait_for_selector("body.ready-dataset", timeout=DRAWS)
    form = page.locator("#tab-data")
    walker.wire.slow(-1, 250_000)
    hands.choose(form.locator("button.drop-area"), large)
    until(lambda: any(path.stat().st_size for path in studio.workspace.uploads.glob(".incoming/*/*.jsonl")))
    studio.kill()
    expect(form.locator(".drop-pace")).to_be_visible(timeout=DRAWS)
    walker.wire.slow(-1, -1)
    _again(studio)
    with walker.station("killed in mid-upload"):
        expect(form.locator(".rows-line input")).to_have_value(re.compile("^uploads/"), timeout=RUNS)
    page.wait_for_selector("body.ready-dataset", timeout=DRAWS)
    (kept,) = studio.workspace.uploads.glob("*/large.jsonl")
    assert kept.read_bytes() == large.read_bytes()
    with walker.station("data, after that"):
        hands.write(form.locator("#field-dataset-val input"), "8")  # a share of so many rows validates for minutes
        hands.press(form.locator("button.begin"))
        expect(form.locator(".live .chip.finished").first).to_be_visible(timeout=RUNS)


def _training(walker: Walker, studio: Studio) -> None:
    (run,) = RunStore(studio.workspace).all("train")
    panel = walker.page.locator("#tab-train .live")

    def steps() -> int:
        return sum(
            event["type"] == "progress" and event["unit"] == "steps" for event in read_events(run.events_file)[0]
        )

    until(lambda: steps() > 0, RUNS / 1000)
    studio.kill()
    expect(walker.page.locator(".toast.shown")).to_be_visible(timeout=DRAWS)
    seen = steps()
    _mark(walker.page)
    _again(studio)
    with walker.station("killed in mid-training"):
        _renewed(walker.page, "train")
        expect(panel.locator(".title[data-run]").first).to_contain_text(run.name, timeout=DRAWS)
    with walker.station("train, after that"):
        expect(panel.locator(".chip.finished").first).to_be_visible(timeout=RUNS)
    assert steps() > seen, "the training went on"


def _answer(job: Job, studio: Studio) -> None:
    page, hands = job.page, job.hands
    hands.press(page.locator("#tab-chat-button"))
    page.wait_for_selector("body.ready-chat", timeout=DRAWS)
    hands.write(page.locator("#chat-input textarea"), "Tell me all about antidotes, at length.")
    hands.key("Enter")
    expect(page.locator(".turn .prose").last).not_to_be_empty(timeout=RUNS)
    expect(page.locator(".typing")).to_be_visible()
    studio.kill()
    expect(page.locator(".toast.shown")).to_be_visible(timeout=DRAWS)
    _mark(page)
    _again(studio)
    with job.walker.station("killed in mid-answer"):
        _renewed(page, "chat")
        expect(page.locator(".typing")).to_have_count(0, timeout=DRAWS)
        expect(page.locator("#chat-send")).to_be_visible(timeout=DRAWS)
    with job.walker.station("chat, after that"):
        hands.write(page.locator("#chat-input textarea"), job.material.question)
        hands.key("Enter")
        expect(page.locator(".turn")).to_have_count(2, timeout=RUNS)
        answered(job)


def _mark(page: Page) -> None:
    """Leave a mark in the page as it is: one that has renewed itself is without it."""
    page.evaluate("window.marked = true")


def _renewed(page: Page, ready: str) -> None:
    """Wait until the page has renewed itself, and what is called ready can be used."""
    renewed = "(ready) => !window.marked && document.body?.classList.contains(ready)"
    page.wait_for_function(renewed, arg=f"ready-{ready}", timeout=DRAWS)


def _again(studio: Studio) -> None:
    studio.start(wait_s=240)
