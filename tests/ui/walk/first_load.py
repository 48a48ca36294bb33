"""What the first look at the page costs over a slow line, beside a bare Gradio page with the same sorts of components."""

from __future__ import annotations

import statistics
import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass

from playwright.sync_api import Browser

from benchmarks.page import await_answer, free_port
from tests.ui.walk.place import fresh
from tests.ui.walk.wire import TUNNEL, Response, Wire

ROUNDS = 3
GOALS = "80 requests, 450 KB, 5 s"
_SETTLES = 3_000  # milliseconds after which what the first look asked for is here
_BARE = """
import os, sys
os.environ["GRADIO_ANALYTICS_ENABLED"] = "False"
import gradio as gr
with gr.Blocks() as page:
    name = gr.Textbox(label="name")
    gr.Number(label="number")
    gr.Dropdown(["a", "b"], label="choice")
    gr.CheckboxGroup(["a", "b"], label="choices")
    gr.Radio(["a", "b"], label="one")
    with gr.Accordion("more", open=False):
        gr.Slider(0, 1, label="slider")
    told = gr.HTML("hello")
    gr.BrowserState("")
    gr.Button("Greet", elem_id="begin").click(lambda name: "Hello " + name, name, told)
page.launch(server_port=int(sys.argv[1]), quiet=True, ssr_mode=False)
"""


@dataclass(frozen=True)
class Look:
    """One first look: what it took until it could be used, and what came with it."""

    name: str
    requests: float
    sent: float
    seconds: float
    responses: tuple[Response, ...] = ()

    def line(self) -> str:
        return f"{self.name:<40}{self.requests:>9.0f}{self.sent / 1000:>9.1f}{self.seconds:>9.1f}"


HEAD = f"{'first look, 1 Mbit/s and 80 ms':<40}{'requests':>9}{'KB':>9}{'seconds':>9}"


def looks(opened: Browser, url: str) -> list[Look]:
    """Return the looks at our pages, and at bare Gradio's, by turns; each is the median of its rounds."""
    ours = {
        "home, in Chinese": (url, ".live .slice, .live [data-slice]"),
        "home, in English": (f"{url}en/", ".live .slice, .live [data-slice]"),
        "a form that can be filled (#data)": (f"{url}en/#data", "body.ready-dataset #tab-data button.begin"),
        "a form that can be filled (#train)": (f"{url}en/#train", "body.ready-train #tab-train button.begin"),
    }
    with bare() as plain:
        pages = {**ours, "bare Gradio": (plain, "#begin")}
        for address, usable in pages.values():  # a server's own first time is another matter
            look(opened, "", address, usable)
        seen = [{name: look(opened, name, *page) for name, page in pages.items()} for _ in range(ROUNDS)]
    return [_median([round[name] for round in seen]) for name in pages]


def look(opened: Browser, name: str, address: str, usable: str) -> Look:
    """Open a page as somebody who was never there."""
    page = fresh(opened)
    wire = Wire(page, TUNNEL)
    began = time.monotonic()
    page.goto(address, wait_until="commit", timeout=120_000)
    page.wait_for_selector(f"{usable} >> visible=true", timeout=120_000)
    seconds = time.monotonic() - began
    page.wait_for_timeout(_SETTLES)
    found = Look(name, wire.requests, wire.sent, seconds, tuple(wire.responses))
    page.close()
    return found


def largest(seen: Look, most: int = 10) -> str:
    """Return the answers that took the most bytes, one a line."""
    ordered = sorted(seen.responses, key=lambda answer: -answer.sent)[:most]
    return "\n".join(f"{answer.sent / 1000:>9.1f} KB  {answer.url.partition('//')[2].partition('/')[2] or '/'}" for answer in ordered)  # fmt: skip


@contextmanager
def bare() -> Iterator[str]:
    """Yield the address of a bare Gradio page."""
    port = free_port()
    process = subprocess.Popen([sys.executable, "-c", _BARE, str(port)], stdout=subprocess.DEVNULL)
    try:
        await_answer(process, port)
        yield f"http://127.0.0.1:{port}/"
    finally:
        process.kill()
        process.wait()


def _median(seen: Sequence[Look]) -> Look:
    middle = sorted(seen, key=lambda one: one.sent)[len(seen) // 2]
    return Look(
        middle.name,
        statistics.median(one.requests for one in seen),
        statistics.median(one.sent for one in seen),
        statistics.median(one.seconds for one in seen),
        middle.responses,
    )
