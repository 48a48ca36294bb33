"""Helpers of the engines' tests."""

from __future__ import annotations

import asyncio
import socket
import threading
import time
from collections.abc import Callable, Generator, Iterator, Sequence
from contextlib import AbstractAsyncContextManager, contextmanager, nullcontext

import uvicorn

from studio.answering.ask import ask_all
from studio.core.records import Answer, Delta, Message, Request, Sampling
from studio.engines.backends.local import LocalEngine
from studio.engines.base import Engine
from studio.engines.remote import RemoteEngine
from studio.engines.service import Service

TOKEN = "a-token-of-the-tests"


def ask(text: str) -> list[Message]:
    return [Message(role="user", content=text)]


Maker = Callable[[], AbstractAsyncContextManager[Engine]]
"""Makes an engine for one event loop."""


def at(url: str, model: str = "", key: str = "") -> Maker:
    """Return the maker of an engine behind a URL."""
    return lambda: RemoteEngine(url, model, key)


def _maker(engine: Engine | Maker) -> Maker:
    return engine if callable(engine) else lambda: nullcontext(engine)


def stream(engine: Engine | Maker, messages: Sequence[Message], sampling: Sampling) -> Generator[Delta, None, None]:
    """Ask an engine from a thread without an event loop; several streams may be open at once."""
    with asyncio.Runner() as runner:
        made = _maker(engine)()
        opened = runner.run(made.__aenter__())
        deltas = opened.generate(Request(tuple(messages), sampling))

        async def following() -> Delta | None:
            return await anext(deltas, None)

        try:
            while (delta := runner.run(following())) is not None:
                yield delta
        finally:
            runner.run(deltas.aclose())
            runner.run(made.__aexit__(None, None, None))


def ask_many(
    engine: Engine | Maker,
    prompts: Sequence[Sequence[Message]],
    sampling: Sampling,
    on_answer: Callable[[int, Answer], None],
    concurrency: int = 16,
    should_stop: Callable[[], bool] = lambda: False,
) -> None:
    """Ask an engine many prompts from a thread without an event loop."""

    async def go() -> None:
        async with _maker(engine)() as opened:
            requests = [Request(tuple(messages), sampling) for messages in prompts]
            await ask_all(opened, requests, on_answer, concurrency, should_stop)

    asyncio.run(go())


def score(engine: LocalEngine, messages: Sequence[Message], continuations: Sequence[str]) -> list[tuple[float, int]]:
    """Score continuations from a thread without an event loop."""
    return asyncio.run(engine.score(messages, continuations))


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
