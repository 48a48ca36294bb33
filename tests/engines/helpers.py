"""Helpers of the engines' tests."""

from __future__ import annotations

import asyncio
import socket
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager

import uvicorn

from studio.core.records import Message
from studio.engines.local import LocalEngine
from studio.engines.server import Service

TOKEN = "a-token-of-the-tests"


def ask(text: str) -> list[Message]:
    return [Message(role="user", content=text)]


def in_manager(engine: LocalEngine) -> int:
    """Return how many requests the manager still holds, and blocks of cache that belong to one."""
    processor = engine._manager.batch_processor
    held = sum(len(allocator.block_table) for allocator in processor.cache.cache_allocators.values())
    waiting = engine._manager.input_queue.qsize()
    return len(processor.scheduler.active_requests) + len(processor.scheduler.waiting_requests) + held + waiting


def soon(true: Callable[[], object], within_s: float = 2.0) -> bool:
    """Return whether a condition comes true in time."""
    deadline = time.monotonic() + within_s
    while time.monotonic() < deadline:
        if true():
            return True
        time.sleep(0.01)
    return bool(true())


@contextmanager
def serving(service: Service) -> Iterator[str]:
    """Serve in a thread of this process; yields the URL."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        config = uvicorn.Config(service.app(), log_config=None, lifespan="off", timeout_graceful_shutdown=1)
        server = uvicorn.Server(config)
        thread = threading.Thread(target=lambda: asyncio.run(server.serve(sockets=[listener])))
        thread.start()
        assert soon(lambda: server.started)
        try:
            yield f"http://127.0.0.1:{listener.getsockname()[1]}"
        finally:
            server.should_exit = True
            thread.join(timeout=10)


def read_request(connection: socket.socket) -> None:
    """Read a whole HTTP request off a connection: one that is closed with something unread is reset."""
    data = b""
    while b"\r\n\r\n" not in data:
        data += connection.recv(65536)
    head, _, body = data.partition(b"\r\n\r\n")
    length = next(int(line[15:]) for line in head.lower().split(b"\r\n") if line.startswith(b"content-length:"))
    while len(body) < length:
        body += connection.recv(65536)
