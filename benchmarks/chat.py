"""What one long answer of the chat brings over the wire: `python -m benchmarks.chat`."""

from __future__ import annotations

import asyncio
import sys
import tempfile
import threading
import time
from collections.abc import AsyncGenerator, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import uvicorn
from fastapi import FastAPI

from benchmarks.screenshots import ARGUMENTS, CHROMIUM
from studio.answering.gateway import Gateway
from studio.core.files import write_json
from studio.core.records import Delta, Passage, Usage
from studio.core.workspace import Workspace
from studio.ui import page as pages

TOKENS = 2_000
PACE = 60  # tokens a second
_WORDS = [
    "heparin",
    "is",
    "reversed",
    "by",
    "protamine",
    "sulfate",
    "given",
    "slowly",
    "into",
    "a",
    "vein",
    "and",
    "the",
    "dose",
    "follows",
    "what",
    "was",
    "given",
    "[1]",
]
_SOURCES = tuple(Passage(id=str(n), content="Protamine sulfate. " * 40, source="book.md", score=0.5) for n in range(4))


class Scripted(Gateway):
    """A gateway whose model writes paragraphs, lists and bold words at a steady pace."""

    async def stream(self, model: Any, request: Any) -> AsyncGenerator[Delta]:
        """Yield a token at a time."""
        began = time.monotonic()
        for number in range(TOKENS):
            await asyncio.sleep(max(0.0, began + number / PACE - time.monotonic()))
            yield Delta(_token(number), passages=_SOURCES)
        yield Delta(finish_reason="stop", usage=Usage(prompt_tokens=9, completion_tokens=TOKENS), passages=_SOURCES)


def _token(number: int) -> str:
    word = _WORDS[number % len(_WORDS)]
    if number % 400 == 399:
        return ".\n\n"
    if number % 400 > 300 and number % 25 == 0:
        return f"\n- **{word}**"
    return f" {word}"


def main() -> int:
    """Ask once, and print what came."""
    from playwright.sync_api import sync_playwright

    with (
        tempfile.TemporaryDirectory() as folder,
        _served(Workspace(Path(folder)).prepare()) as url,
        sync_playwright() as playwright,
    ):
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=ARGUMENTS)
        view = browser.new_page()
        view.goto(f"{url}en/#chat")
        view.wait_for_selector("body.ready-chat", timeout=60_000)
        wire = view.context.new_cdp_session(view)
        wire.send("Network.enable")
        streams, came = set[str](), [0, 0, 0]

        def begun(event: dict[str, Any]) -> None:
            if "queue/data" in event["request"]["url"]:
                streams.add(event["requestId"])

        def received(event: dict[str, Any]) -> None:
            if event["requestId"] in streams:
                came[0] += event["dataLength"]
                came[1] += event["encodedDataLength"]
                came[2] += 1

        wire.on("Network.requestWillBeSent", begun)
        wire.on("Network.dataReceived", received)
        view.locator("#chat-input textarea").fill("What reverses heparin?")
        view.locator("#chat-send").click()
        view.get_by_text(f"{TOKENS} tokens").wait_for(timeout=600_000)
        view.wait_for_timeout(1_000)
        text = view.locator(".prose").inner_text()
        browser.close()
    print(f"chat/answer: {TOKENS:,} tokens at {PACE} a second, {len(text.encode()):,} bytes of text")
    print(f"chat/wire: {came[0]:,} bytes ({came[1]:,} packed), {came[2]:,} pieces")
    print(f"chat/overhead: bytes on the wire over bytes of text: {came[0] / len(text.encode()):.2f}x")
    return 0


@contextmanager
def _served(workspace: Workspace) -> Iterator[str]:
    model = workspace.models / "scripted"
    model.mkdir(parents=True)
    write_json(model / "config.json", {"model_type": "llama"})
    app = FastAPI()
    app.state.gateway = Scripted(workspace)
    server = uvicorn.Server(uvicorn.Config(pages.mount(app, workspace), port=0, log_level="error", ws="none"))
    thread = threading.Thread(target=server.run)
    thread.start()
    while not server.started:
        time.sleep(0.05)
    try:
        yield f"http://127.0.0.1:{server.servers[0].sockets[0].getsockname()[1]}/"
    finally:
        server.should_exit = True
        thread.join()


if __name__ == "__main__":
    sys.exit(main())
