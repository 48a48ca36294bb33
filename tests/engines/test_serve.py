"""Serve runs in worker processes of their own: found, started once, ended, and never left behind."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import httpx
import pytest

from studio.core.errors import InputError, UnavailableError
from studio.core.files import read_json, write_json
from studio.core.records import Sampling
from studio.core.workspace import REPOSITORY, Workspace
from studio.engines import pool
from studio.engines.pool import Server
from studio.engines.recipe import ServeRecipe
from studio.knowledge.recipe import KnowledgeRecipe
from studio.runs import launch
from studio.runs.directory import Run
from studio.runs.events import read_events
from studio.runs.store import RunStore
from tests.engines.helpers import ask, at, soon, stream
from tests.runs.helpers import stop

ENSURE = """
import sys
from studio.core.workspace import Workspace
from studio.engines.pool import ensure
from pathlib import Path
from tests.runs.helpers import stop
print(ensure(Workspace(Path(sys.argv[1])), model=sys.argv[2]).url)
"""


@pytest.fixture
def stocked(workspace: Workspace, talkative_model: Path) -> Iterator[Workspace]:
    """A workspace with one model, `tiny`, whose greedy answers never end; whatever serves at the end is ended."""
    shutil.copytree(talkative_model, workspace.models / "tiny")
    yield workspace
    for run in RunStore(workspace).all():
        if run.active():
            stop(run)


def run_of(workspace: Workspace, server: Server) -> Run:
    return RunStore(workspace).find(server.run)


def answer(server: Server) -> str:
    engine = at(server.url, server.model, server.token)
    return "".join(delta.text for delta in stream(engine, ask("ping"), Sampling(5)))


def events(run: Run, kind: str) -> list[dict[str, Any]]:
    return [event for event in read_events(run.events_file)[0] if event["type"] == kind]


def test_processes_and_threads_that_ask_at_once_start_one_run(stocked: Workspace) -> None:
    commands = [
        [sys.executable, "-c", ENSURE, str(stocked.root), name] for name in ("tiny", str(stocked.models / "tiny"))
    ]
    processes = [subprocess.Popen(command, stdout=subprocess.PIPE, text=True, cwd=REPOSITORY) for command in commands]
    with ThreadPoolExecutor() as threads:
        servers = set(threads.map(lambda _: pool.ensure(stocked, model="tiny"), range(4)))
    urls = {process.communicate(timeout=120)[0].strip() for process in processes}
    assert len(servers) == 1
    server = servers.pop()
    assert urls == {server.url}
    assert len(RunStore(stocked).all("serve")) == 1

    # The processes that started it are gone; it goes on.
    run = run_of(stocked, server)
    assert pool.find(stocked, model=str(stocked.models / "." / "tiny")) == server
    assert pool.find(stocked, model="tiny", max_context=64) is None
    assert answer(server)
    place = run.server_file
    assert place.stat().st_mode & 0o777 == 0o600
    assert read_json(place) == {
        "url": server.url,
        "token": server.token,
        "model": server.model,
        "knowledge": "",
        "ready": True,
    }
    assert [event["name"] for event in events(run, "stage")] == ["loading", "ready"]

    # It stops within a second, though an answer is under way.
    under_way = stream(at(server.url, "", server.token), ask("long"), Sampling(900))
    next(under_way)
    run.ask_stop()
    began = time.monotonic()
    with pytest.raises(UnavailableError):
        list(under_way)
    assert soon(lambda: not place.exists(), within_s=1.5)
    assert soon(lambda: not run.active(), within_s=3)
    assert time.monotonic() - began < 3
    assert run.status() == "stopped"
    assert pool.find(stocked, model="tiny") is None
    assert events(run, "metric")[-1]["values"]["requests"] >= 2


def test_an_adapter_is_merged_and_an_idle_server_ends(stocked: Workspace) -> None:
    from peft import LoraConfig, get_peft_model

    from studio.models.load import load_causal

    folder = stocked.models / "tuned"
    adapted = get_peft_model(load_causal(stocked.models / "tiny"), LoraConfig(r=2, target_modules=["q_proj"]))
    adapted.save_pretrained(folder)
    write_json(folder / "studio.json", {"base": {"given": "tiny", "path": "models/tiny"}})
    server = pool.ensure(stocked, model=str(folder), idle_minutes=0.02, max_context=256)
    run = run_of(stocked, server)
    assert run.recipe_values()["max_context"] == 256
    assert [event["name"] for event in events(run, "stage")] == ["merging", "loading", "ready"]
    assert answer(server)
    assert soon(lambda: run.status() == "finished", within_s=10)
    assert not run.server_file.exists()
    result = run.result()
    assert result is not None
    assert result["metrics"]["requests"] == 1
    assert result["metrics"]["tokens"] == 5


def test_a_killed_server_is_not_taken_for_alive(stocked: Workspace) -> None:
    server = pool.ensure(stocked, model="tiny")
    run = run_of(stocked, server)
    process = run.process()
    assert process is not None
    os.kill(process.pid, signal.SIGKILL)
    assert soon(lambda: run.status() == "crashed")
    assert run.server_file.exists()
    assert pool.find(stocked, model="tiny") is None
    another = pool.ensure(stocked, model="tiny")
    assert another.run != server.run
    assert answer(another)


def test_what_cannot_be_served_says_why(stocked: Workspace) -> None:
    broken = stocked.models / "broken"
    shutil.copytree(stocked.models / "tiny", broken)
    (broken / "model.safetensors").unlink()
    with pytest.raises(InputError, match="no weights") as caught:
        pool.ensure(stocked, model="broken")
    assert "没有权重" in caught.value.message.zh
    assert caught.value.hint is not None
    assert "log.txt" in caught.value.hint.en
    with pytest.raises(InputError, match="there is no model 'nothing'"):
        pool.ensure(stocked, model="nothing")
    for given in ({}, {"model": "tiny", "knowledge": "k"}):
        with pytest.raises(InputError, match="one of the two"):
            pool.find(stocked, **given)


def test_a_server_that_takes_too_long_is_told_of(stocked: Workspace) -> None:
    with pytest.raises(UnavailableError, match="not ready in time") as caught:
        pool.ensure(stocked, model="tiny", timeout_s=0.1)
    assert caught.value.hint is not None
    assert "log.txt" in caught.value.hint.en


def test_a_recipe_that_cannot_be_served_fails_as_input(stocked: Workspace) -> None:
    run = launch.start(stocked, ServeRecipe(name="wrong"))
    assert soon(lambda: not run.active(), within_s=60)
    error = (run.result() or {})["error"]
    assert error["type"] == "RecipeError"
    assert "one of the two" in error["message"]


@pytest.mark.real
def test_a_knowledge_base_is_served_and_searched(workspace: Workspace, minilm: Path) -> None:
    (workspace.models / minilm.name).symlink_to(minilm)
    (workspace.uploads / "antidotes.md").write_text(
        "# Antidotes\n## Heparin\nProtamine sulfate reverses heparin.\n\n## Warfarin\nVitamin K reverses warfarin.\n"
    )
    recipe = KnowledgeRecipe(name="antidotes", sources=["uploads/antidotes.md"], chunk_tokens=32, overlap_tokens=0)
    built = launch.start(workspace, recipe)
    assert soon(lambda: not built.active(), within_s=120)
    assert built.status() == "finished", built.log_file.read_text()
    server = pool.ensure(workspace, knowledge="antidotes")
    key = {"Authorization": f"Bearer {server.token}"}
    query = {"query": "What reverses heparin?", "top_k": 2}
    found = httpx.post(f"{server.url}/search", headers=key, json=query, timeout=60).json()["passages"]
    assert "Protamine" in found[0]["content"]
    assert found[0]["score"] >= found[-1]["score"]
    one = httpx.get(f"{server.url}/passages/{found[0]['id']}", headers=key)
    assert one.json()["content"] == found[0]["content"]
    assert httpx.get(f"{server.url}/passages/none", headers=key).status_code == 404
    assert httpx.get(f"{server.url}/passages/{found[0]['id']}").status_code == 401
    for body in ({"query": 3}, {"query": "x", "top_k": 0}, {"query": " "}):
        assert httpx.post(f"{server.url}/search", headers=key, json=body).status_code == 400
    assert httpx.post(f"{server.url}/v1/chat/completions", headers=key, json={}).status_code == 404
    stop(run_of(workspace, server))


def test_whoever_meets_an_engine_that_is_ending_gets_another(stocked: Workspace) -> None:
    server = pool.ensure(stocked, model="tiny")
    run = run_of(stocked, server)
    process = run.process()
    assert process is not None
    under_way = stream(at(server.url, "", server.token), ask("long"), Sampling(900))
    next(under_way)
    os.kill(process.pid, signal.SIGTERM)
    assert soon(run.stop_asked)
    another = pool.ensure(stocked, model="tiny")
    with pytest.raises(UnavailableError):
        list(under_way)
    assert another.run != server.run
    assert soon(lambda: not run.active(), within_s=5)
    assert run.status() == "stopped"

    # One whose engine died takes its address away first, and ends later.
    run = run_of(stocked, another)
    process = run.process()
    assert process is not None
    run.server_file.unlink()
    with ThreadPoolExecutor() as threads:
        joining = threads.submit(pool.ensure, stocked, model="tiny")
        time.sleep(0.3)
        os.kill(process.pid, signal.SIGKILL)
        third = joining.result(timeout=60)
    assert third.run != another.run
    assert answer(third)
