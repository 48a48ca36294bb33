"""A page over a workspace of its own: in this process for the quick tests, as `python app.py` for the browser."""

from __future__ import annotations

import os
import re
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import httpx
import pytest
from playwright.sync_api import Browser, Locator, Page, expect, sync_playwright

from benchmarks.screenshots import ARGUMENTS, CHROMIUM
from studio.core.workspace import REPOSITORY, Workspace
from studio.runs.directory import Run
from studio.runs.kinds import KINDS
from studio.runs.process import end_now
from studio.runs.store import RunStore
from studio.ui.context import Context
from tests.ui.bare import Bare

expect.set_options(timeout=15_000)  # milliseconds; a machine with other work may take longer than the usual five


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Mark what drives Chromium: `make test-browser` runs it, `make test` what needs none."""
    for item in items:
        if "browser" in getattr(item, "fixturenames", ()):
            item.add_marker("browser")


@pytest.fixture
def en(workspace: Workspace) -> Context:
    return Context(workspace, "en")


@pytest.fixture
def zh(workspace: Workspace) -> Context:
    return Context(workspace, "zh")


@pytest.fixture
def new_run(workspace: Workspace) -> Callable[..., Run]:
    """Make a run's directory, with nobody at work in it."""

    def make(kind: str, **values: object) -> Run:
        recipe = KINDS.load(kind).recipe.model_validate({"kind": kind, **values})
        return RunStore(workspace).create(recipe, {})

    return make


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with sync_playwright() as playwright:
        launched = playwright.chromium.launch(executable_path=CHROMIUM, args=ARGUMENTS)
        yield launched
        launched.close()


@pytest.fixture(scope="module")
def bare(browser: Browser, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Bare]:
    """A page for the modules of the script, without Gradio, over a workspace that a file's tests share."""
    workspace = Workspace(tmp_path_factory.mktemp("modules")).prepare()
    with Bare.served(workspace, browser) as served:
        yield served


def until(true: Callable[[], bool], wait_s: float = 90.0) -> None:
    deadline = time.monotonic() + wait_s
    while not true():
        assert time.monotonic() < deadline, "waited in vain"
        time.sleep(0.2)


def recipe_of(page: Page, kind: str, language: str = "en/") -> Locator:
    """Unfold a form's recipe and return the text area that it stands in."""
    text = page.locator(f"#recipe-{kind} textarea")
    page.get_by_role("button", name="Recipe (YAML)" if language else "配方（YAML）").locator("visible=true").click()
    expect(text).to_be_visible()
    return text


def says(text: Locator, wanted: str) -> None:
    """Wait until a text area holds something."""
    expect(text).to_have_value(re.compile(re.escape(wanted)))


@dataclass
class Studio:
    """`python app.py` on a free port."""

    workspace: Workspace
    port: int
    process: subprocess.Popen[str] | None = None

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}/"

    def start(self, *options: str, wait_s: float = 180.0) -> None:
        """Start it with options of `app.py`, and wait until it answers."""
        self.process = subprocess.Popen(
            [sys.executable, "app.py", "--port", str(self.port), "--workspace", str(self.workspace.root), *options],
            cwd=REPOSITORY,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            env={**os.environ, "STUDIO_LANG": "en"},
        )
        deadline = time.monotonic() + wait_s
        while time.monotonic() < deadline:
            assert self.process.poll() is None, self.process.communicate()[0]
            try:
                if httpx.get(self.url, timeout=5).status_code == 200:
                    return
            except httpx.HTTPError:
                time.sleep(0.1)
        raise AssertionError("the studio did not answer")

    def kill(self) -> None:
        """End the server at once, as the kernel would."""
        if self.process is not None:
            self.process.kill()
            self.process.communicate()
            self.process = None


@pytest.fixture
def studio(workspace: Workspace) -> Iterator[Studio]:
    """A studio that is not started yet; whatever it leaves running ends with the test."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    running = Studio(workspace, port)
    yield running
    running.kill()
    for run in RunStore(workspace).all():
        process = run.process()
        if process is not None:
            end_now(process.family())


@pytest.fixture
def few_rows(workspace: Workspace) -> Path:
    """Forty questions in the plain layout."""
    path = workspace.uploads / "few.jsonl"
    lines = (f'{{"question": "What reverses drug {n}?", "answer": "Antidote number {n}."}}' for n in range(40))
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")
    return path
