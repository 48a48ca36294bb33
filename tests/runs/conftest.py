"""A recipe that takes a while without a model: a dataset of many rows."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import pytest

from studio.core.workspace import Workspace
from studio.data.recipe import DatasetRecipe
from studio.runs.process import end_now
from studio.runs.store import RunStore


@pytest.fixture(scope="session")
def many_rows(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("raw") / "many.jsonl"
    with path.open("w", encoding="utf-8") as stream:
        for number in range(150_000):
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
