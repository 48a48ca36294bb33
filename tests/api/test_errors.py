"""Errors of ours as answers: without paths and addresses for the network."""

from __future__ import annotations

import logging
import shutil
from collections.abc import Callable
from contextlib import AbstractContextManager
from pathlib import Path

import httpx
import pytest

from studio.core.workspace import Workspace

Serve = Callable[..., AbstractContextManager[str]]
ASK = [{"role": "user", "content": "ping"}]


def test_the_network_is_told_no_paths(
    serve: Serve,
    workspace: Workspace,
    tiny_model: Path,
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
) -> None:
    shutil.copytree(tiny_model, workspace.models / "broken")
    (workspace.models / "broken" / "model.safetensors").unlink()
    monkeypatch.setattr("studio.answering.engine_pool._START_S", 0.0)
    shutil.copytree(tiny_model, workspace.models / "slow")
    with serve(workspace) as url, caplog.at_level(logging.WARNING):
        for model, status in (("slow", 503), ("broken", 400)):
            monkeypatch.setattr("studio.answering.engine_pool._START_S", 0.0 if model == "slow" else 60.0)
            answer = httpx.post(f"{url}/v1/chat/completions", json={"model": model, "messages": ASK}, timeout=60)
            assert answer.status_code == status, answer.text
            said = answer.json()["error"]["message"]
            assert str(workspace.root) not in said and "127.0.0.1" not in said and "log.txt" not in said
            told = next(record.getMessage() for record in caplog.records if record.name == "studio.openai.errors")
            caplog.clear()
            assert answer.headers["x-request-id"] in told and "log.txt" in told
            assert answer.headers["x-request-id"] in said
