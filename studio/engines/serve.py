"""Serving a model or a knowledge base: load, listen on a free local port, answer until stopped or idle."""

from __future__ import annotations

import asyncio
import secrets
import socket
import time
from collections.abc import Generator
from contextlib import ExitStack, closing, contextmanager
from dataclasses import dataclass, field
from pathlib import Path

import uvicorn

from studio.core.errors import UnavailableError
from studio.core.files import write_json
from studio.core.modelcard import is_adapter
from studio.core.reporter import Reporter
from studio.core.text import Text
from studio.core.workspace import Workspace
from studio.engines.backends import BACKENDS
from studio.engines.recipe import ServeRecipe
from studio.engines.service import EngineService, KnowledgeService, Service
from studio.models.folder import check_folder
from studio.models.servable import servable

_POLL_S = 0.1
_METRICS_S = 5.0
_KEEP_ALIVE_S = 600


def serve(recipe: ServeRecipe, folder: Path, place: Path, workspace: Workspace, report: Reporter) -> dict[str, float]:
    """Serve a model or a knowledge base until it is idle.

    Args:
        recipe: says which of the two, and for how long.
        folder: the model's or the knowledge base's.
        place: the file that says where it answers (url and token), while it does.
        workspace: where what the folder needs lies: an adapter's base, a knowledge base's embedding model.
        report: told how busy it is, and asks to stop.

    Returns:
        `requests` and `tokens` in all.

    Raises:
        InputError: the folder cannot be loaded.
        UnavailableError: the engine died.
        Stopped: somebody asked it to stop.
    """
    place.unlink(missing_ok=True)  # left by a process that was killed
    with ExitStack() as stack:
        listener = stack.enter_context(closing(socket.create_server(("127.0.0.1", 0))))
        service = _load(recipe, folder, workspace, report, stack)
        report.check_stop()
        monitor = _ServerMonitor(recipe, report, service, place)
        asyncio.run(monitor.run(listener))
    if monitor.died is not None:
        raise monitor.died
    report.check_stop()
    return monitor.totals()


def _load(recipe: ServeRecipe, folder: Path, workspace: Workspace, report: Reporter, stack: ExitStack) -> Service:
    token = secrets.token_urlsafe(32)
    # Each branch loads its own libraries: a server of one thing need not wait for those of the other.
    if recipe.knowledge:
        from studio.knowledge.search import KnowledgeBase

        report.stage("loading", Text("Opening the knowledge base", "正在打开知识库"))
        return KnowledgeService(token, KnowledgeBase.open(workspace, folder))
    check_folder(folder)  # a folder that cannot be loaded is told of at once
    if is_adapter(folder):
        report.stage("merging", Text("Merging the adapter into its base model", "正在把适配器合并到基础模型"))
        folder = servable(workspace, folder)
        report.check_stop()
    report.stage("loading", Text("Loading the model", "正在加载模型"))
    engine = BACKENDS.load(recipe.engine.name).load(folder, recipe.max_context, recipe.engine.options)
    stack.callback(lambda: asyncio.run(engine.aclose()))
    return EngineService(token, engine)


class _Server(uvicorn.Server):
    """Leaves signals to the run: uvicorn would end it as if it had been killed."""

    @contextmanager
    def capture_signals(self) -> Generator[None, None, None]:
        yield


@dataclass
class _ServerMonitor:
    """Watches over a server: tells where it is, how busy, and when it is to end."""

    recipe: ServeRecipe
    report: Reporter
    service: Service
    place: Path
    died: UnavailableError | None = None
    _began: float = field(default_factory=time.monotonic)
    _told: float = field(default_factory=time.monotonic)
    _told_requests: int = 0
    _told_tokens: int = 0

    async def run(self, listener: socket.socket) -> None:
        """Serve on the listener until it is time to end."""
        config = uvicorn.Config(
            self.service.app(),
            log_config=None,
            log_level="warning",
            access_log=False,
            lifespan="off",
            timeout_keep_alive=_KEEP_ALIVE_S,  # clients close first: one that is closed on is taken for a failure
            timeout_graceful_shutdown=1,
        )
        server = _Server(config)
        serving = asyncio.create_task(server.serve(sockets=[listener]))
        try:
            while not server.started and not serving.done():
                await asyncio.sleep(0.01)
            host, port = listener.getsockname()
            write_json(
                self.place,
                {
                    "url": f"http://{host}:{port}",
                    "token": self.service.token,
                    "model": self.recipe.model,
                    "knowledge": self.recipe.knowledge,
                    "ready": True,
                },
                mode=0o600,
            )
            self.report.stage("ready", Text(f"Ready on port {port}", f"已就绪，端口 {port}"))
            while not (serving.done() or server.should_exit or self._over()):
                await asyncio.sleep(_POLL_S)
                self._tell()
        finally:
            self.place.unlink(missing_ok=True)
            if not (self.report.stopping() or server.should_exit or self.died):
                config.timeout_graceful_shutdown = None  # what came in at the last moment is answered
            server.should_exit = True
            while not (serving.done() or self.report.stopping()):
                await asyncio.wait({serving}, timeout=_POLL_S)
            if not serving.done():
                await self.service.aclose()  # streams under way end with an error at once
            await serving
        self._tell(last=True)

    def totals(self) -> dict[str, float]:
        """Return what was done in all."""
        return {"requests": self.service.requests, "tokens": self.service.generated}

    def _over(self) -> bool:
        if self.service.failure is not None:
            self.died = self.service.failure
            return True
        if self.report.stopping():
            return True
        idle = self.recipe.idle_minutes
        if idle is None or self.service.busy:
            return False
        if time.monotonic() - self.service.used < idle * 60:
            return False
        self.report.notice(Text(f"Idle for {idle:g} minutes: ending", f"空闲了 {idle:g} 分钟，结束服务"))
        return True

    def _tell(self, last: bool = False) -> None:
        """Record how busy the server is, every few seconds while it is."""
        now, tokens, requests = time.monotonic(), self.service.generated, self.service.requests
        elapsed = now - self._told
        if tokens == self._told_tokens and requests == self._told_requests:
            self._told = now  # the pace is that of busy time
            return
        if elapsed < _METRICS_S and not last:
            return
        values: dict[str, float] = {"requests": requests}
        if isinstance(self.service, EngineService):
            values["tokens_per_s"] = round((tokens - self._told_tokens) / max(elapsed, _POLL_S), 1)
        self.report.metric(round(now - self._began), values)
        self._told, self._told_requests, self._told_tokens = now, requests, tokens
