"""A made model as a .zip: whole, streamed, and nothing but what the run made."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Callable
from pathlib import Path

import pytest
from fastapi import FastAPI
from fastapi.testclient import TestClient

from studio.core.workspace import Workspace
from studio.runs.directory import Run
from studio.ui import archive, page, routes


@pytest.fixture
def run(new_run: Callable[..., Run]) -> Run:
    made = new_run("train", name="lora", dataset="d")
    folder = made.path / "model"
    (folder / "inside").mkdir(parents=True)
    (folder / "model.safetensors").write_bytes(bytes(range(256)) * 16_384)
    (folder / "inside" / "config.json").write_text('{"a": 1}' * 500)
    (folder / "secret").symlink_to("/etc/passwd")
    (made.path / "server.json").write_text("{}")
    outputs = {"model": "model", "card": "model/inside/config.json", "up": "../..", "gone": "none"}
    made.write_result("finished", outputs=outputs, metrics={}, error=None)
    return made


def test_it_holds_every_file_and_weights_as_they_are(run: Run, workspace: Workspace) -> None:
    app = FastAPI()
    app.add_middleware(page.GZipMiddleware, minimum_size=1)
    app.include_router(routes.router(workspace))
    answer = TestClient(app).get(f"/studio/zip/{run.id}/model", headers={"Accept-Encoding": "gzip"})
    assert (answer.status_code, answer.headers["Content-Encoding"]) == (200, "identity"), "packed once is enough"
    assert "lora.zip" in answer.headers["Content-Disposition"]
    with zipfile.ZipFile(io.BytesIO(answer.content)) as found:
        assert found.testzip() is None
        entries = {entry.filename: entry for entry in found.infolist()}
        assert set(entries) == {"lora/model.safetensors", "lora/inside/config.json"}
        assert entries["lora/model.safetensors"].compress_type == zipfile.ZIP_STORED
        assert entries["lora/inside/config.json"].compress_size < 100
        assert found.read("lora/model.safetensors") == (run.path / "model" / "model.safetensors").read_bytes()


def test_it_is_sent_while_it_is_made(run: Run) -> None:
    pieces = [len(piece) for piece in archive.stream(run.path / "model", "lora")]
    assert len(pieces) > 4 and max(pieces) < 2 << 20
    assert archive.weight(run.path / "model") == 256 * 16_384 + 8 * 500


@pytest.mark.parametrize("output", ["card", "up", "gone", "server.json", "..", "checkpoints"])
def test_no_other_folder_can_be_had(run: Run, workspace: Workspace, output: str) -> None:
    app = FastAPI()
    app.include_router(routes.router(workspace))
    (run.path / "checkpoints").mkdir()
    assert TestClient(app).get(f"/studio/zip/{run.id}/{output}").status_code == 404


def test_a_run_without_a_folder_is_no_error(workspace: Workspace, tmp_path: Path) -> None:
    app = FastAPI()
    app.include_router(routes.router(workspace))
    assert TestClient(app).get("/studio/zip/20990101-000000-train-gone/model").status_code == 404
    assert next(iter(archive.stream(tmp_path, "empty"))).startswith(b"PK")
