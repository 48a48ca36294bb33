"""Pictures of every tab in both languages: `python -m benchmarks.screenshots --out docs/images` (a developer's tool)."""

from __future__ import annotations

import argparse
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager, nullcontext
from pathlib import Path
from typing import TYPE_CHECKING

from benchmarks.page import await_answer, free_port
from studio.core.text import Language
from studio.core.workspace import REPOSITORY

if TYPE_CHECKING:
    from playwright.sync_api import Page

# Debian's chromium runs as root and offline with these.
ARGUMENTS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
CHROMIUM = "/usr/bin/chromium"
_SHEETS = {"rows": "dataset", "passages": "knowledge", "questions": "evaluate"}
# every part that can be seen has been drawn, and the form is as the browser left it
_DRAWN = """() => [...document.querySelectorAll(".live")].every((part) => !part.offsetParent || part.firstElementChild)
  && [...document.querySelectorAll("[id^=form-]")].every((form) => !form.offsetParent
    || document.body.classList.contains(form.id.replace("form-", "ready-")))"""
_PLACES: dict[Language, str] = {"zh": "", "en": "en/"}


def main() -> int:
    """Take the pictures; return the exit code."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--out", type=Path, required=True, help="folder for the PNG files")
    parser.add_argument("--workspace", help="the workspace to show (default: the repository's own)")
    parser.add_argument("--url", default="", help="address of a running studio; without one it is started")
    parser.add_argument("--tabs", nargs="*", help="only these")
    parser.add_argument("--ask", default="", help="a question for the chat, asked of what the page chooses")
    parser.add_argument("--dark", action="store_true", help="by night")
    options = parser.parse_args()
    options.out.mkdir(parents=True, exist_ok=True)
    with _running(options.workspace) if not options.url else nullcontext(options.url) as url:
        for file in shoot(url, options.out, options.tabs or [], options.dark, options.ask):
            print(file)
    return 0


@contextmanager
def _running(workspace: str | None) -> Iterator[str]:
    """Yield the address of a studio that ends with the block."""
    port = free_port()
    place = ["--workspace", workspace] if workspace else []
    process = subprocess.Popen([sys.executable, "app.py", "--port", str(port), *place], cwd=REPOSITORY)
    try:
        await_answer(process, port)
        yield f"http://127.0.0.1:{port}/"
    finally:
        process.terminate()
        process.wait()


def shoot(url: str, out: Path, wanted: list[str], dark: bool = False, ask: str = "") -> list[Path]:
    """Return the pictures taken: TAB.LANGUAGE.png 1280 wide, sheets and the comparison with what is there, home at 420."""
    from playwright.sync_api import sync_playwright

    from studio.ui.tabs import tabs

    files = []
    names = wanted or [*tabs(), *_SHEETS]
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=ARGUMENTS)
        for width in (1280, 420):
            for language, place in _PLACES.items():
                view = browser.new_page(viewport={"width": width, "height": 900})
                view.emulate_media(color_scheme="dark" if dark else "light")
                for name in names if width == 1280 else ["home"]:
                    view.goto(f"{url}{place}#{_address(view, url, name)}")
                    view.reload()
                    view.wait_for_selector(
                        f"#tab-{name}:visible" if name not in _SHEETS else "dialog.sheet tr[data-row]"
                    )
                    view.wait_for_function(_DRAWN, timeout=60_000)
                    if name == "chat" and ask and width == 1280:
                        _ask(view, ask)
                    # what lies below the fold measures itself only once it has been seen
                    view.evaluate("window.scrollTo(0, document.body.scrollHeight)")
                    view.wait_for_timeout(1200)
                    view.evaluate("window.scrollTo(0, 0)")
                    view.wait_for_timeout(600)
                    suffix = "" if width == 1280 else f".{width}"
                    file = out / f"{name}.{language}{suffix}{'.dark' if dark else ''}.png"
                    view.screenshot(path=str(file), full_page=name not in _SHEETS)
                    files.append(file)
                view.close()
        browser.close()
    return files


def _address(view: Page, url: str, name: str) -> str:
    """Return the address of a tab, or of a sheet over the newest run that has such a thing."""
    if name not in (*_SHEETS, "compare"):
        return name
    view.goto(f"{url}en/#runs?kind={_SHEETS.get(name, 'train')}")
    view.wait_for_selector("#tab-runs tr[data-pick]")
    runs = [row.get_attribute("data-pick") or "" for row in view.locator("#tab-runs tr[data-pick]").all()]
    return f"{name}={runs[0]}" if name in _SHEETS else f"compare={','.join(runs[:3])}"


def _ask(view: Page, question: str) -> None:
    """Ask the chat's question and wait for the whole answer."""
    view.wait_for_timeout(1500)  # the page chooses the newest model and knowledge base
    view.locator("#chat-input textarea").fill(question)
    view.locator("#chat-send").click()
    view.wait_for_selector("#chat-stop:visible")
    view.wait_for_selector("#chat-send:visible", timeout=300_000)


if __name__ == "__main__":
    sys.exit(main())
