"""Folders in `runs/` that somebody else wrote, or wrote in: one of them must not hide the others."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import pytest

from studio.core.workspace import Workspace
from studio.data.recipe import DatasetRecipe
from studio.runs.index import Index
from studio.runs.store import RunStore
from studio.runs.view import view

ID = "20251101-000000-dataset-a"
RECIPE = "kind: dataset\nname: a\nsources: [a]\n"


def put(workspace: Workspace, id: str = ID, **files: str) -> None:
    folder = workspace.runs / id
    folder.mkdir()
    for name, text in {"recipe.yaml": RECIPE, **files}.items():
        (folder / name).write_text(text)


@pytest.mark.parametrize(
    ("file", "text", "status"),
    [
        ("result.json", '{"status": "done"}', "crashed"),
        ("result.json", '{"status": ["finished"]}', "crashed"),
        ("result.json", "{}", "crashed"),
        ("result.json", '{"status": "finished", "outputs": null, "metrics": [1], "error": "x"}', "finished"),
        ("result.json", '{"status": "finished", "outputs": {"a": 1}, "metrics": {"b": "x"}}', "finished"),
        ("process.json", '{"pid": -5, "created": 1.0}', "queued"),
        ("process.json", '{"pid": 99999999999999999999, "created": 1.0}', "crashed"),
        ("process.json", '{"pid": 7, "created": NaN}', "queued"),
        ("events.jsonl", '{"time": 1, "type": "child", "run": ["x"], "step": {}}\n', "queued"),
        ("events.jsonl", '{}\n{"type": "stage"}\n{"time": 1}\n{"time": 1, "type": ["stage"]}\n', "queued"),
        ("events.jsonl", '{"time": 1, "type": "progress", "done": "x"}\n{"time": 1, "type": "metric"}\n', "queued"),
        ("events.jsonl", '{"time": 1, "type": "stage"}\n{"time": 1, "type": "notice"}\n', "queued"),
        ("recipe.yaml", "name: 2026-13-45\n", "queued"),
        ("recipe.yaml", "name: &a [*a]\n", "queued"),
    ],
)
def test_a_folder_somebody_wrote_in_still_reads(workspace: Workspace, file: str, text: str, status: str) -> None:
    put(workspace, **{file: text})
    [run] = RunStore(workspace).all()
    shown = view(run).dump()
    assert shown["status"] == status
    assert (shown["progress"]["done"], shown["metrics"], shown["outputs"]) == (0, {}, {})
    assert run.output("dataset") is None
    assert run.children() == {}
    json.dumps(shown)


def test_a_name_that_holds_no_time_is_no_run(workspace: Workspace) -> None:
    put(workspace, "20261399-999999-dataset-a")
    assert RunStore(workspace).all() == []


def test_a_run_that_is_removed_while_it_is_listed(
    workspace: Workspace, quick: DatasetRecipe, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    store = RunStore(workspace)
    going, staying = store.create(quick, {}), store.create(quick, {})
    exists = Path.exists

    def exists_then_goes(path: Path) -> bool:
        found = exists(path)
        if path == going.recipe_file:
            shutil.rmtree(going.path, ignore_errors=True)
        return found

    monkeypatch.setattr(Path, "exists", exists_then_goes)
    looking = Index(workspace.runs, tmp_path / "studio.db")
    assert [entry.run for entry in looking.entries()] == [staying]
