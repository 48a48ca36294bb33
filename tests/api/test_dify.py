"""Dify's own plugin SDK, in its own environment, as a client of the live endpoint."""

from __future__ import annotations

import json
import subprocess
from collections.abc import Callable
from contextlib import AbstractContextManager
from pathlib import Path
from typing import Any

import httpx
import pytest

from studio.api import keys
from studio.core.workspace import REPOSITORY, Workspace

Serve = Callable[..., AbstractContextManager[str]]
PYTHON = REPOSITORY / ".venv-dify" / "bin" / "python"
QUESTION = "What reverses heparin?"


def dify(url: str, model: str, key: str = "") -> list[dict[str, Any]]:
    """Let Dify's model class check its credentials, then ask, streamed and whole."""
    assert PYTHON.exists(), "Dify's SDK is missing: run `make dify` (it makes .venv-dify)"
    asked = {"url": f"{url}/v1", "model": model, "key": key, "question": QUESTION}
    done = subprocess.run(
        [str(PYTHON), str(Path(__file__).with_name("dify_client.py"))],
        input=json.dumps(asked),
        capture_output=True,
        text=True,
        timeout=300,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    answers: list[dict[str, Any]] = json.loads(done.stdout)
    return answers


def check(url: str, model: str, answers: list[dict[str, Any]], headers: dict[str, str] | None = None) -> None:
    """Hold Dify's view of the answers against the endpoint's own words."""
    body = {
        "model": model,
        "temperature": 0,
        "max_tokens": 24,
        "stop": ["\n\n\n"],
        "messages": [
            {"role": "system", "content": "You are a helpful assistant."},
            {"role": "user", "content": QUESTION},
        ],
    }
    told = httpx.post(f"{url}/v1/chat/completions", json=body, headers=headers or {}, timeout=120).json()
    for answer in answers:
        assert answer["text"].strip()
        assert answer["prompt_tokens"] == told["usage"]["prompt_tokens"]
        assert 0 < answer["completion_tokens"] <= 24
    streamed, whole = answers
    assert streamed["text"] == whole["text"]
    assert streamed["chunks"] > 2
    assert streamed["finish_reason"] in ("stop", "length")


def test_dify_streams_an_answer(live: str) -> None:
    check(live, "tiny", dify(live, "tiny"))


def test_dify_with_a_key(serve: Serve, live: str, stocked: Workspace) -> None:
    secret = keys.add(stocked, "dify")
    try:
        check(live, "tiny", dify(live, "tiny", secret), {"Authorization": f"Bearer {secret}"})
        with pytest.raises(AssertionError, match="401"):
            dify(live, "tiny", "mq-wrong")
    finally:
        keys.revoke(stocked, "dify")


def test_an_empty_authorization_header_is_no_key(live: str) -> None:
    body = {"model": "tiny", "max_tokens": 5, "messages": [{"role": "user", "content": "ping"}]}
    answer = httpx.post(f"{live}/v1/chat/completions", json=body, headers={"Authorization": ""}, timeout=60)
    assert (answer.status_code, answer.json()["object"]) == (200, "chat.completion")


@pytest.mark.real
def test_dify_on_a_real_model(serve: Serve, workspace: Workspace, smollm2: Path) -> None:
    (workspace.models / smollm2.name).symlink_to(smollm2)
    with serve(workspace, idle_minutes=0.2) as url:
        answers = dify(url, smollm2.name)
        check(url, smollm2.name, answers)
        assert len(answers[0]["text"].split()) > 5
