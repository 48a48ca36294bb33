"""The engines that are up: found, or started once however many requests wait for them."""

from __future__ import annotations

import asyncio
import time

from studio.answering.eviction import make_room
from studio.core.workspace import Workspace
from studio.engines import pool
from studio.engines.pool import Server

_RECENT_S = 2.0
_START_S = 300.0
_POLL_S = 0.1


class EnginePool:
    """The serve runs of a workspace, for one event loop. A request uses what was found up to two seconds ago.

    Args:
        idle_minutes: minutes without a request after which an engine that was started here ends.
        most: engines that started by themselves and are up at once; for one more the longest idle one ends.
    """

    def __init__(self, workspace: Workspace, idle_minutes: float, most: int) -> None:
        self._workspace = workspace
        self._idle_minutes = idle_minutes
        self._most = most
        self._deciding = asyncio.Lock()
        self._found: dict[tuple[str, str], tuple[float, Server]] = {}
        self._coming: dict[tuple[str, str], asyncio.Task[Server]] = {}

    async def get(self, model: str = "", knowledge: str = "") -> Server:
        """Return the live server of a model or a knowledge base, starting it if it is not up.

        Raises:
            InputError: it cannot be served.
            UnavailableError: it did not come up.
            TooManyEnginesError: too many others are at work.
        """
        name = (model, knowledge)
        when, server = self._found.get(name, (0.0, None))
        if server is not None and time.monotonic() - when < _RECENT_S:
            return server
        coming = self._coming.get(name)
        if coming is None:
            coming = asyncio.create_task(self._ensure(model, knowledge))
            self._coming[name] = coming
            coming.add_done_callback(lambda task: self._came(name, task))
        return await asyncio.shield(coming)  # one client that goes must not take the engine from the others

    def forget(self, server: Server) -> None:
        """Look anew at the next request: this one does not answer."""
        self._found = {name: entry for name, entry in self._found.items() if entry[1] != server}

    async def _ensure(self, model: str, knowledge: str) -> Server:
        async with self._deciding:
            pending = await asyncio.to_thread(self._begin, model, knowledge)
        while (server := await asyncio.to_thread(pending.look)) is None:
            await asyncio.sleep(_POLL_S)  # threads are few; none is held by an engine that takes long to load
        return server

    def _begin(self, model: str, knowledge: str) -> pool.PendingServer:
        if not pool.serving(self._workspace, model, knowledge):
            make_room(self._workspace, self._most)
        return pool.PendingServer(self._workspace, model, knowledge, self._idle_minutes, timeout_s=_START_S)

    def _came(self, name: tuple[str, str], task: asyncio.Task[Server]) -> None:
        self._coming.pop(name, None)
        if not task.cancelled() and task.exception() is None:
            self._found[name] = (time.monotonic(), task.result())
