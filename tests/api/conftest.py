"""The endpoint, live on a free port, with a tiny model that answers at once."""

from __future__ import annotations

import asyncio
import os
import shutil
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager, suppress
from dataclasses import replace
from pathlib import Path

import httpx
import pytest
import uvicorn
from fastapi import FastAPI

from studio.api.app import create_app
from studio.api.server import address, bind
from studio.api.settings import Settings
from studio.core.errors import InputError
from studio.core.workspace import Workspace
from studio.runs.store import RunStore
from tests.runs.helpers import stop

Serve = Callable[..., AbstractContextManager[str]]


@contextmanager
def _serving(app: FastAPI) -> Iterator[str]:
    """Serve an application in a thread; yields its URL."""
    listener = bind("127.0.0.1", 0)
    server = uvicorn.Server(uvicorn.Config(app, log_level="warning", timeout_graceful_shutdown=1))
    thread = threading.Thread(target=lambda: asyncio.run(server.serve(sockets=[listener])), daemon=True)
    thread.start()
    while not server.started:
        time.sleep(0.01)
    try:
        yield address(listener)
    finally:
        server.should_exit = True
        thread.join(timeout=10)
        listener.close()


def _end_runs(workspace: Workspace) -> None:
    """Stop what still runs in a workspace; a run may end by itself meanwhile."""
    for run in RunStore(workspace).all():
        if run.active():
            with suppress(InputError):
                stop(run)


@pytest.fixture(scope="session")
def stocked(tmp_path_factory: pytest.TempPathFactory, talkative_model: Path) -> Iterator[Workspace]:
    """A workspace with one small model named `tiny`, which talks on until it is stopped."""
    workspace = Workspace(tmp_path_factory.mktemp("stocked")).prepare()
    shutil.copytree(talkative_model, workspace.models / "tiny")
    yield workspace
    _end_runs(workspace)


@pytest.fixture(scope="session")
def serve(stocked: Workspace) -> Serve:
    """Serve a workspace's endpoint with settings of one's own."""

    def start(workspace: Workspace = stocked, **settings: object) -> AbstractContextManager[str]:
        return _serving(create_app(workspace, replace(Settings(), **settings)))  # type: ignore[arg-type]

    return start


@pytest.fixture(scope="session")
def live(serve: Serve) -> Iterator[str]:
    """URL of an endpoint whose engine is up."""
    with serve() as url:
        body = {"model": "tiny", "max_tokens": 1, "messages": [{"role": "user", "content": "ping"}]}
        answer = httpx.post(f"{url}/v1/chat/completions", json=body, timeout=120)
        assert answer.status_code == 200, answer.text
        yield url


@pytest.fixture(scope="session")
def http() -> Iterator[httpx.Client]:
    """One client for many requests."""
    with httpx.Client(timeout=60) as client:
        yield client


@pytest.fixture
def environment() -> dict[str, str]:
    """The environment for a process of the studio."""
    return {**os.environ, "PYTHONUNBUFFERED": "1"}
