"""Where the whole walk goes: a studio of its own with the embedded models, and a browser."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from playwright.sync_api import Browser, Page, sync_playwright

from benchmarks.page import free_port
from benchmarks.screenshots import ARGUMENTS, CHROMIUM
from studio.core.workspace import REPOSITORY, Workspace
from studio.runs.process import end_now
from studio.runs.store import RunStore
from tests.ui.conftest import Studio

_MODELS = ("smollm2-135m-instruct", "all-minilm-l6-v2")
_START_S = 240.0


@contextmanager
def studio(*options: str, filled: bool = False) -> Iterator[Studio]:
    """Start a studio in an empty workspace; it ends with the block, and so does all that it has started.

    Args:
        options: of `app.py`.
        filled: whether the workspace holds a thousand runs and a dataset of 100,000 rows.
    """
    with tempfile.TemporaryDirectory(prefix="studio-walk-") as folder, alone(Path(folder)):
        workspace = Workspace(Path(folder) / "workspace").prepare()
        for model in _MODELS:
            (workspace.models / model).symlink_to((REPOSITORY / "models" / model).resolve())
        if filled:
            from benchmarks import listings

            listings.filled(workspace)
        running = Studio(workspace, free_port())
        try:
            running.start(*options, wait_s=_START_S)
            yield running
        finally:
            running.kill()
            for run in RunStore(workspace).all():
                process = run.process()
                if process is not None:
                    end_now(process.family())


@contextmanager
def alone(folder: Path) -> Iterator[None]:
    """Let what is started keep its caches and its place in line apart from the developer's."""
    ours = {"STUDIO_CACHE": str(folder / "cache"), "STUDIO_SLOTS": str(folder / "slots"), "STUDIO_CONFIG": str(folder)}
    before = {name: os.environ.get(name) for name in ours}
    os.environ.update(ours, HF_HUB_OFFLINE="1")
    try:
        yield
    finally:
        for name, value in before.items():
            if value is None:
                del os.environ[name]
            else:
                os.environ[name] = value


@contextmanager
def browser() -> Iterator[Browser]:
    with sync_playwright() as playwright:
        launched = playwright.chromium.launch(executable_path=CHROMIUM, args=ARGUMENTS)
        try:
            yield launched
        finally:
            launched.close()


def fresh(opened: Browser) -> Page:
    """Return a page that remembers nothing and has kept nothing."""
    return opened.new_page(viewport={"width": 1440, "height": 1000})
