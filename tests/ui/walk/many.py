"""The listings as they are used where much lies: a thousand runs, and a dataset of 100,000 rows."""

from __future__ import annotations

import re

from playwright.sync_api import expect

from studio.runs.store import RunStore
from tests.ui.conftest import Studio
from tests.ui.walk.job import DRAWS
from tests.ui.walk.walker import Walker


def walk(walker: Walker, studio: Studio) -> None:
    """Look for runs and rows, sort them, and go through their pages."""
    page, hands = walker.page, walker.hands
    with walker.station("1,000 runs"):
        walker.open("runs")
        tab = page.locator("#tab-runs")
        first = tab.locator("tbody tr").first
        expect(first).to_be_visible(timeout=DRAWS)
    with walker.station("1,000 runs, a search"):
        hands.write(tab.locator("input[type=search]"), "run-42")
        expect(tab.locator(".pages [role=status]")).to_contain_text(re.compile(r"\b11\b"), timeout=DRAWS)
    with walker.station("1,000 runs, sorted"):
        before = first.inner_text()
        hands.press(tab.locator("button.sort").first)
        hands.press(tab.locator("button.sort").first)
        expect(first).not_to_have_text(before, timeout=DRAWS)
    with walker.station("1,000 runs, next page"):
        hands.write(tab.locator("input[type=search]"), "run")
        expect(tab.locator(".pages [role=status]")).to_contain_text("999", timeout=DRAWS)
        before = first.inner_text()
        hands.press(tab.locator(".pages button").nth(-1))
        expect(first).not_to_have_text(before, timeout=DRAWS)
    (dataset,) = RunStore(studio.workspace).all("dataset")
    sheet = page.locator("dialog.sheet")
    with walker.station("100,000 rows"):
        page.goto(f"{walker.url}#rows={dataset.id}?view=train")
        row = sheet.locator("tbody tr").first
        expect(row).to_be_visible(timeout=DRAWS)
        expect(sheet.locator(".pages [role=status]")).to_contain_text("100,000", timeout=DRAWS)
    with walker.station("100,000 rows, next page"):
        before = row.inner_text()
        hands.press(sheet.locator(".pages button").nth(-1))
        expect(row).not_to_have_text(before, timeout=DRAWS)
    with walker.station("100,000 rows, a search"):
        hands.write(sheet.locator("input[type=search]"), "99999: ")
        expect(row).to_contain_text("99999:", timeout=DRAWS)
        expect(sheet.locator("progress")).to_have_count(0, timeout=DRAWS)
    with walker.station("100,000 rows, one of them"):
        hands.press(row)
        expect(sheet.locator(".drawer")).to_contain_text("99999:", timeout=DRAWS)
