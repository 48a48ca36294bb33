"""Gradio's own files: foreseen before its page asks for them, and its styles in one."""

from __future__ import annotations

import re

import httpx
from playwright.sync_api import Browser

from studio.ui import gradio_files
from studio.ui.gradio_files import GradioFiles
from tests.ui.conftest import Studio

_MOST = 70  # requests until the page is drawn; it takes some 50, and three or four looks of its live parts


def test_what_is_not_known_is_left_to_gradio() -> None:
    few, more = gradio_files.needed(["row"]), gradio_files.needed(["row", "slider"])
    assert set(few.scripts) < set(more.scripts) and set(few.styles) < set(more.styles)
    assert gradio_files.needed(["no such part"]).scripts
    assert (GradioFiles().css(), GradioFiles().tags()) == ("", "")


def test_a_page_asks_for_few_things_and_each_once(browser: Browser, studio: Studio) -> None:
    studio.start()
    for place in ("", "en/#train"):
        asked: list[str] = []
        page = browser.new_page()
        page.on("request", lambda request, asked=asked: asked.append(request.url))
        page.goto(f"{studio.url}{place}", wait_until="commit")
        foreseen = {
            name for name in re.findall(r'href="\./assets/([^"]+\.js)"', httpx.get(f"{studio.url}{place}").text)
        }
        page.wait_for_selector("body.ready-train .live > [data-slice]", state="attached")
        page.wait_for_timeout(500)
        scripts = [url.rpartition("/")[2] for url in asked if "/assets/" in url and url.endswith(".js")]
        words = {name for name in scripts if name.startswith("zh-CN")}
        assert foreseen and set(scripts) - {"studio.js"} - words == foreseen, "none in vain, none too late"
        sheets = [url for url in asked if url.partition("?")[0].endswith(".css")]
        assert len(sheets) == 3, "Gradio's, the theme's and ours"
        assert len(scripts) == len(set(scripts)) and len(asked) <= _MOST
        assert not [url for url in asked if "iframeResizer" in url or "favicon" in url]
        page.close()
