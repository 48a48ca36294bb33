"""Engines behind the endpoint: there are never too many, and those that people serve count as well."""

from __future__ import annotations

import os
import shutil
import signal
from collections.abc import Callable
from contextlib import AbstractContextManager
from pathlib import Path

import httpx

from studio.core.workspace import Workspace
from studio.engines import pool
from studio.engines.recipe import ServeRecipe
from studio.runs import launch
from tests.runs.helpers import stop

Serve = Callable[..., AbstractContextManager[str]]
ASK = [{"role": "user", "content": "What reverses heparin?"}]


def test_the_engine_that_was_idle_longest_makes_way(serve: Serve, workspace: Workspace, talkative_model: Path) -> None:
    for name in ("one", "two"):
        shutil.copytree(talkative_model, workspace.models / name)

    def ask(url: str, model: str) -> httpx.Response:
        body = {"model": model, "messages": ASK, "max_tokens": 2}
        return httpx.post(f"{url}/v1/chat/completions", json=body, timeout=60)

    try:
        with serve(workspace, max_engines=1) as url:
            assert ask(url, "one").status_code == 200
            assert ask(url, "two").status_code == 200
            assert [run.name for run in pool.automatic(workspace)] == ["auto-two"]
            process = pool.automatic(workspace)[0].process()
            assert process is not None
            os.kill(process.pid, signal.SIGSTOP)  # one that says nothing may be at work
            try:
                refused = ask(url, "one")
            finally:
                os.kill(process.pid, signal.SIGCONT)
            assert (refused.status_code, refused.json()["error"]["code"]) == (503, "too_many_engines")
            assert int(refused.headers["retry-after"]) >= 1
    finally:
        for run in pool.automatic(workspace):
            stop(run)


def test_a_serve_run_is_asked_by_its_name(serve: Serve, workspace: Workspace, tmp_path: Path, tiny_model: Path) -> None:
    shutil.copytree(tiny_model, tmp_path / "elsewhere" / "model")
    with serve(workspace) as url:
        body = {"model": "clinic", "messages": ASK, "max_tokens": 2}
        assert httpx.post(f"{url}/v1/chat/completions", json=body).status_code == 404
        run = launch.start(workspace, ServeRecipe(name="clinic", model=str(tmp_path / "elsewhere" / "model")))
        try:
            answer = httpx.post(f"{url}/v1/chat/completions", json=body, timeout=60)
            assert (answer.status_code, answer.json()["model"]) == (200, "clinic"), answer.text
            assert [card["id"] for card in httpx.get(f"{url}/v1/models").json()["data"]] == ["clinic"]
            assert pool.automatic(workspace) == []
        finally:
            stop(run)
        assert httpx.get(f"{url}/v1/models").json()["data"] == []
