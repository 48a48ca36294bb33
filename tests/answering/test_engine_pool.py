"""Engines that start hold nobody up."""

from __future__ import annotations

import asyncio
import threading
from concurrent.futures import ThreadPoolExecutor

import pytest

from studio.answering.engine_pool import EnginePool
from studio.core.workspace import Workspace
from studio.engines import pool
from studio.engines.pool import Server


async def test_engines_that_start_hold_no_threads(workspace: Workspace, monkeypatch: pytest.MonkeyPatch) -> None:
    up = threading.Event()

    class Loading:
        def __init__(self, workspace: Workspace, model: str, *_: object, **__: object) -> None:
            self.model = model

        def look(self) -> Server | None:
            return Server("", "", self.model, "", "") if up.is_set() else None

    monkeypatch.setattr(pool, "PendingServer", Loading)
    monkeypatch.setattr(pool, "serving", lambda *_: True)
    asyncio.get_running_loop().set_default_executor(ThreadPoolExecutor(2))
    servers = EnginePool(workspace, idle_minutes=10, most=6)
    waiting = [asyncio.ensure_future(servers.get(f"m{number}")) for number in range(8)]
    await asyncio.sleep(0.3)
    assert await asyncio.wait_for(asyncio.to_thread(lambda: "free"), 5) == "free"
    assert not any(task.done() for task in waiting)
    up.set()
    assert [server.model for server in await asyncio.gather(*waiting)] == [f"m{number}" for number in range(8)]
