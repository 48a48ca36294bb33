"""A small page beside the page's own routes, for its modules: tabs that open and nothing else, and no Gradio."""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

import uvicorn
from fastapi import FastAPI
from fastapi.responses import HTMLResponse
from playwright.sync_api import Browser, Page

from studio.core.workspace import Workspace
from studio.ui import routes, scripts

_TABS = {"home": "Home", "runs": "Runs", "compare": "Compare"}
_STUDIO = {
    "language": "en", "tabs": _TABS, "listings": ["rows"],
    "words": {"lost": "gone", "back": "here", "waiting": "…", "cancel": "Cancel", "confirm": "OK", "copied": "Copied", "close": "Close", "save": "Save"},
}  # fmt: skip
_BUTTONS = "".join(f'<button role="tab" id="tab-{tab}-button" aria-selected="false">{title}</button>' for tab, title in _TABS.items())  # fmt: skip
_PAGE = f"""<!doctype html><meta charset="utf-8"><link rel="stylesheet" href="/studio/assets/{scripts.edition()}/style.css">
<script>
  window.STUDIO = {json.dumps(_STUDIO)};
  window.load = (name) => import(`/studio/assets/{scripts.edition()}/${{name}}.js`);
</script>
<div id="tabs"><div class="tab-wrapper"><div role="tablist">{_BUTTONS}</div></div>
<div role="tabpanel" id="tab-home"><div class="live" data-part="none"><div id="place"></div></div></div>
<div role="tabpanel" id="tab-runs" hidden><div class="live" data-part="listing" data-q-listing="runs"></div></div>
<div role="tabpanel" id="tab-compare" hidden><div class="live" data-part="compare"></div></div></div>
<script>
  const buttons = [...document.querySelectorAll("[role=tab]")];
  for (const button of buttons) button.addEventListener("click", () => {{
    for (const each of buttons) {{
      each.setAttribute("aria-selected", String(each === button));
      document.getElementById(each.id.replace("-button", "")).hidden = each !== button;
    }}
  }});
  buttons[0].click();
</script>"""


@dataclass(frozen=True)
class Bare:
    """The page, over a workspace."""

    workspace: Workspace
    browser: Browser
    url: str

    @contextmanager
    def page(self, *jobs: str, place: str = "") -> Iterator[Page]:
        """Open it at a place, with some of the jobs begun in their order; `load(NAME)` gives any module."""
        page = self.browser.new_page(viewport={"width": 1000, "height": 800})
        page.set_default_timeout(10_000)
        page.goto(f"{self.url}en/{place}")
        begin(page, *jobs)
        yield page
        page.close()

    @classmethod
    @contextmanager
    def served(cls, workspace: Workspace, browser: Browser) -> Iterator[Bare]:
        """Serve it for the length of the block."""
        app = FastAPI()
        app.include_router(routes.router(workspace))
        app.get("/en/", response_class=HTMLResponse)(lambda: _PAGE)
        server = uvicorn.Server(uvicorn.Config(app, port=0, log_level="error", ws="none"))
        thread = threading.Thread(target=server.run)
        thread.start()
        while not server.started:
            assert thread.is_alive(), "the server did not start"
        try:
            yield cls(workspace, browser, f"http://127.0.0.1:{server.servers[0].sockets[0].getsockname()[1]}/")
        finally:
            server.should_exit = True
            thread.join()


def begin(page: Page, *jobs: str) -> None:
    """Begin some of the script's jobs, as `main.js` does."""
    page.evaluate("async (jobs) => { for (const name of jobs) (await load(name)).start(); }", list(jobs))


def put(page: Page, html: str) -> None:
    """Put HTML into the first tab."""
    page.evaluate("html => { document.querySelector('#place').innerHTML = html; }", html)
