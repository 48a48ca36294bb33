"""The stream byte for byte, as parsers that are not `openai`'s see it."""

from __future__ import annotations

import json
import os
import signal
import socket
import time
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, ExitStack, closing
from urllib.parse import urlsplit

import httpx
import pytest

from studio.core.workspace import Workspace
from studio.engines import pool
from studio.runs.store import RunStore
from tests.runs.helpers import stop

Serve = Callable[..., AbstractContextManager[str]]
ASK = [{"role": "user", "content": "What reverses heparin?"}]


def post(url: str, **body: object) -> socket.socket:
    """Send a request over a bare socket."""
    place = urlsplit(url)
    assert place.hostname and place.port
    data = json.dumps({"model": "tiny", "messages": ASK, **body}).encode()
    connection = socket.create_connection((place.hostname, place.port), timeout=60)
    connection.sendall(
        b"POST /v1/chat/completions HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n"
        b"Content-Type: application/json\r\nContent-Length: %d\r\n\r\n" % len(data) + data
    )
    return connection


def chunks(connection: socket.socket) -> Iterator[tuple[float, bytes]]:
    """Yield the head, then each HTTP chunk, with the time it came."""
    with connection.makefile("rb") as stream:
        head = b""
        while not head.endswith(b"\r\n\r\n"):
            head += stream.read(1)
        yield time.monotonic(), head
        while size := int(stream.readline(), 16):
            yield time.monotonic(), stream.read(size)
            stream.readline()


@pytest.fixture(autouse=True)
def nothing_left_of_the_test_before(stocked: Workspace) -> None:
    """Wait until the engine has let go of what the test before asked; on a busy machine that takes a moment."""
    deadline = time.monotonic() + 30
    while pool.find(stocked, model="tiny") is not None and active(stocked):
        assert time.monotonic() < deadline, "answers that nobody waits for go on"
        time.sleep(0.02)


def active(workspace: Workspace) -> int:
    """Return how many answers the engine is at."""
    server = pool.find(workspace, model="tiny")
    assert server is not None
    return int(httpx.get(f"{server.url}/health").json()["active"])


def test_a_stream_byte_for_byte(live: str) -> None:
    with closing(post(live, stream=True, max_tokens=100, stream_options={"include_usage": True})) as connection:
        parts = list(chunks(connection))
    head = parts[0][1].decode().lower()
    assert head.startswith("http/1.1 200 ok\r\n")
    for header in (
        "content-type: text/event-stream; charset=utf-8",
        "x-accel-buffering: no",
        "cache-control: no-cache",
        "x-request-id: req-",
    ):
        assert f"\r\n{header}" in head
    body = b"".join(part for _, part in parts[1:])
    assert b"\r" not in body
    assert body.endswith(b"\n\ndata: [DONE]\n\n")
    frames = body.split(b"\n\n")
    assert frames.pop() == b""
    assert all(frame.startswith(b"data: ") and b"\n" not in frame for frame in frames)
    documents = [json.loads(frame.removeprefix(b"data: ")) for frame in frames[:-1]]
    assert documents[0]["choices"][0]["delta"] == {"role": "assistant", "content": ""}
    assert [len(document["choices"]) for document in documents] == [1] * (len(documents) - 1) + [0]
    reasons = [document["choices"][0]["finish_reason"] for document in documents[:-1]]
    assert reasons[-1] in ("stop", "length")
    assert reasons[:-1] == [None] * (len(reasons) - 1)
    assert documents[-1]["usage"]["completion_tokens"] > 1
    first, last = parts[1][0], parts[-1][0]
    assert last - first > 0.05, "the first chunk must come before generation ends"


def test_a_starting_engine_is_waited_for_with_pings(serve: Serve, workspace: Workspace, tiny_model: object) -> None:
    (workspace.models / "other").symlink_to(str(tiny_model))
    with serve(workspace, silence_s=0.2) as url:
        with closing(post(url, model="other", stream=True, max_tokens=4)) as connection:
            body = b"".join(part for _, part in list(chunks(connection))[1:])
        frames = body.split(b"\n\n")
        assert frames[:2] == [b": ping", b": ping"]
        assert frames[-2] == b"data: [DONE]"
        # the same engine a second time: no more waiting
        with closing(post(url, model="other", stream=True, max_tokens=4)) as connection:
            body = b"".join(part for _, part in list(chunks(connection))[1:])
        assert b": ping" not in body
        found = pool.find(workspace, model="other")
        assert found is not None
        stop(RunStore(workspace).find(found.run))


@pytest.mark.parametrize("stream", [True, False])
def test_a_client_that_goes_ends_the_generation(live: str, serve: Serve, stocked: Workspace, stream: bool) -> None:
    with serve(max_requests=1) as url:
        connection = post(url, stream=stream, max_tokens=900, n=8)
        if stream:
            arriving = chunks(connection)
            next(arriving)
            next(arriving)
            arriving.close()
        else:
            time.sleep(0.3)
        assert active(stocked) > 0
        connection.close()
        left = time.monotonic()
        while active(stocked) and time.monotonic() - left < 3:
            time.sleep(0.02)
        assert active(stocked) == 0
        assert httpx.post(f"{url}/v1/chat/completions", json={"messages": ASK, "max_tokens": 1}).status_code == 200


def test_an_engine_with_too_much_to_do_is_passed_on(live: str) -> None:
    with ExitStack() as stack:
        for choices in [8] * 7 + [
            4
        ]:  # the engine takes 64 answers at once: there is room for some of a call's, not all
            connection = stack.enter_context(closing(post(live, stream=True, max_tokens=900, n=choices)))
            arriving = chunks(connection)
            next(arriving)
            stack.callback(arriving.close)
        for stream in (False, True):
            body = {"model": "tiny", "messages": ASK, "n": 8, "stream": stream}
            answer = httpx.post(f"{live}/v1/chat/completions", json=body, timeout=60)
            assert (answer.status_code, answer.json()["error"]["code"]) == (429, "rate_limit_exceeded")
            assert int(answer.headers["retry-after"]) >= 1


def test_an_engine_that_dies_is_told_in_the_stream_and_replaced(live: str, stocked: Workspace) -> None:
    server = pool.find(stocked, model="tiny")
    assert server is not None
    process = RunStore(stocked).find(server.run).process()
    assert process is not None
    with closing(post(live, stream=True, max_tokens=900)) as connection:
        arriving = chunks(connection)
        parts = [next(arriving), next(arriving), next(arriving)]
        os.kill(process.pid, signal.SIGKILL)
        parts += arriving
    frames = b"".join(part for _, part in parts[1:]).split(b"\n\n")
    assert frames.pop() == b""
    error = json.loads(frames[-1].removeprefix(b"data: "))["error"]
    assert (error["type"], error["code"]) == ("server_error", "engine_unavailable")
    assert b"[DONE]" not in frames[-1]
    answer = httpx.post(f"{live}/v1/chat/completions", json={"messages": ASK, "max_tokens": 2}, timeout=60)
    assert answer.status_code == 200, answer.text
    replaced = pool.find(stocked, model="tiny")
    assert replaced is not None and replaced.run != server.run
