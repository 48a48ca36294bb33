"""The page behind a proxy's prefix: forms, live parts, uploads and chat, whether the proxy takes it off or not."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, Response, expect

from studio.core.workspace import Workspace
from studio.runs.store import RunStore
from tests.ui.conftest import Studio, until
from tests.ui.prefix_proxy import PrefixProxy

PREFIX = "/user/me/proxy/7860"


@pytest.mark.parametrize(
    ("strips", "says", "language", "rows"),
    [(True, True, "en/", 40), (True, True, "", 15_000), (False, False, "en/", 40), (True, False, "", 40)],
)
def test_the_job_is_done_behind_a_prefix(
    browser: Browser,
    studio: Studio,
    workspace: Workspace,
    few_rows: Path,
    strips: bool,
    says: bool,
    language: str,
    rows: int,
) -> None:
    line = few_rows.read_text().splitlines()[0].replace("drug 0", "drug %d") + "\n"
    few_rows.write_text("".join(line % n for n in range(rows)))
    studio.start(*(() if says else ("--root-path", PREFIX)))
    proxy = PrefixProxy(studio.port, PREFIX, strips, says)
    bad: list[str] = []

    def note(response: Response) -> None:
        if response.status >= 400 and response.status != 413:
            bad.append(f"{response.status} {response.url}")

    with proxy.running() as url:
        page = browser.new_page(viewport={"width": 1280, "height": 1000})
        page.on("response", note)
        page.goto(f"{url}{language}#data")
        page.wait_for_selector("body.ready-dataset")
        page.locator("#tab-data input[type=file]").first.set_input_files(few_rows)
        expect(page.locator("#tab-data .rows-line input")).to_have_value(re.compile("few"), timeout=15_000)
        page.locator("#tab-data").get_by_role("button", name="Start" if language else "开始", exact=True).click()
        until(lambda: any(run.status() == "finished" for run in RunStore(workspace).all("dataset")), 60)
        expect(page.locator("#tab-data .live .chip.finished")).to_be_visible(timeout=15_000)
        refused_chat(page)
        page.locator("a.language").click()
        page.wait_for_selector("#tab-chat:visible")
        page.close()
    strays = [path for path in proxy.strays if path != "/favicon.ico"]  # asked for before the page says where it is
    assert (strays, bad) == ([], [])
    large = few_rows.stat().st_size > proxy.largest
    assert bool(proxy.refused) == large, "what the proxy lets through is found by trying"


def refused_chat(page: Page) -> None:
    """Ask where there is no model: the answer comes from the server all the same."""
    page.locator("#tab-chat-button").click()
    page.locator("#chat-input textarea").fill("hello")
    page.locator("#chat-send").click()
    expect(page.locator(".talk .notice, .toast .notice, #tab-chat .notice").first).to_be_visible(timeout=15_000)
