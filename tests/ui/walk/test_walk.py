"""The quick half of the walk: one station as a newcomer comes to it, by keyboard alone. `make walk` does the whole."""

from __future__ import annotations

from playwright.sync_api import Browser, expect

from tests.ui.conftest import Studio
from tests.ui.walk.hands import Keyboard
from tests.ui.walk.job import Job
from tests.ui.walk.walker import Walker


def test_a_dataset_is_made_and_looked_at_by_keyboard_from_the_first_page_on(browser: Browser, studio: Studio) -> None:
    studio.start()
    page = browser.new_page(viewport={"width": 1440, "height": 1000})
    walker = Walker(page, studio.url, "en", Keyboard)
    job = Job(walker)
    job.arrive()
    job.dataset()
    expect(page.locator(".rows-line")).to_have_count(1)
    expect(page.locator("#field-dataset-sources .rows-head strong")).to_have_text("Files")
    job.rows()
    hands = walker.hands
    assert isinstance(hands, Keyboard)
    assert (hands.clicks, hands.unseen, walker.faults, walker.loads) == (0, [], [], 1)
    assert hands.farthest <= 40, "presses of Tab in a row"
    page.close()
