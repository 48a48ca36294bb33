"""Recipes that take a while without a model, and a workspace whose runs wait for one another."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

import pytest

from studio.core import plugins
from studio.core.errors import InputError
from studio.core.workspace import Workspace
from studio.data.recipe import DatasetRecipe
from studio.runs import control
from studio.runs.process import end_now
from studio.runs.store import RunStore
from tests.runs.queue_kinds import HEAVY, LIGHT, PRODUCT, SERVER, USES, schedulers


@pytest.fixture(scope="session")
def many_rows(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("raw") / "many.jsonl"
    with path.open("w", encoding="utf-8") as stream:
        for number in range(30_000):
            stream.write(json.dumps({"question": f"What is fact {number}?", "answer": f"It is {number}."}) + "\n")
    return path


@pytest.fixture
def slow(many_rows: Path) -> DatasetRecipe:
    """About ten seconds of work."""
    return DatasetRecipe(name="slow", sources=[{"file": str(many_rows)}])


@pytest.fixture
def quick(tmp_path: Path) -> DatasetRecipe:
    path = tmp_path / "few.jsonl"
    path.write_text('{"question": "q?", "answer": "a"}\n{"question": "r?", "answer": "b"}\n', encoding="utf-8")
    return DatasetRecipe(name="quick", sources=[{"file": str(path)}])


@pytest.fixture(autouse=True)
def no_worker_outlives_its_test(workspace: Workspace) -> Iterator[None]:
    yield
    for run in RunStore(workspace).all():
        process = run.process()
        if process is not None:
            end_now(process.family())


@pytest.fixture
def heavy(workspace: Workspace, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Workspace]:
    """A workspace with the kinds of `queue_kinds`, on a machine with one device; whatever is left at the end is ended."""
    monkeypatch.setenv("STUDIO_WORKSPACE", str(workspace.root))
    monkeypatch.setenv("STUDIO_CONFIG", str(tmp_path / "config"))
    monkeypatch.setenv("STUDIO_SLOTS", str(tmp_path / "slots"))
    workspace.plugins.mkdir()
    kinds = {"heavy": HEAVY, "light": LIGHT, "product": PRODUCT, "server": SERVER, "uses": USES}
    for name, text in kinds.items():
        (workspace.plugins / f"{name}.py").write_text(text)
    plugins.forget()
    for name in kinds:
        plugins.allow(name)
    yield workspace
    for run in list(RunStore(workspace).active()):
        with suppress(InputError):
            control.force(workspace, run)
    for process in schedulers(workspace):
        process.kill()
    plugins.forget()
