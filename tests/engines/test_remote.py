"""Engines behind a URL: the same answers as in the process, our own errors, work that ends when they do."""

from __future__ import annotations

import asyncio
import json
import socket
import subprocess
import sys
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from studio.core.errors import BusyError, ContextLengthError, InputError, UnavailableError
from studio.core.records import Answer, Request, Retrieval, Sampling
from studio.engines.backends.local import LocalEngine
from studio.engines.remote import RemoteEngine
from studio.engines.service import EngineService
from studio.openai.client import Client, connections
from tests.engines.helpers import TOKEN, Maker, ask, ask_many, at, in_manager, read_request, serving, soon, stream


@pytest.fixture(scope="module")
def engine(talkative_model: Path) -> Iterator[LocalEngine]:
    """An engine whose greedy answers last until they are cut off: nothing ends by chance."""
    with LocalEngine(talkative_model, max_context=512) as engine:
        yield engine


@pytest.fixture
def remote(url: str) -> Maker:
    return at(url, "tiny", TOKEN)


def test_answers_are_those_of_the_engine(engine: LocalEngine, remote: Maker) -> None:
    for sampling in (Sampling(20), Sampling(40, temperature=1.5, top_p=0.9, seed=3, stop=("。", " t"))):
        both = []
        for asked in (engine, remote):
            deltas = list(stream(asked, ask("What reverses heparin?"), sampling))
            both.append(("".join(delta.text for delta in deltas), deltas[-1].finish_reason, deltas[-1].usage))
        assert both[0] == both[1]


def test_many_are_asked_at_once(engine: LocalEngine, remote: Maker) -> None:
    found: dict[int, Answer] = {}
    prompts = [ask(f"question {number}") for number in range(20)]
    prompts[7] = ask("heparin " * 600)
    ask_many(remote, prompts, Sampling(10, temperature=1.0), found.__setitem__, concurrency=8)
    assert sorted(found) == list(range(20))
    assert found[7].finish_reason == "error"
    assert all(answer.usage.prompt_tokens > 0 for index, answer in found.items() if index != 7)


def test_asking_many_can_be_stopped(engine: LocalEngine, remote: Maker) -> None:
    found: dict[int, Answer] = {}
    prompts = [ask(f"{number}") for number in range(40)]
    ask_many(remote, prompts, Sampling(200), found.__setitem__, 4, should_stop=lambda: len(found) >= 2)
    assert len(found) < 40
    assert soon(lambda: engine.active == 0 and in_manager(engine) == 0)


def test_closing_a_stream_ends_the_work(engine: LocalEngine, remote: Maker) -> None:
    under_way = stream(remote, ask("long"), Sampling(450))
    next(under_way)
    assert engine.active == 1
    under_way.close()
    assert soon(lambda: engine.active == 0 and in_manager(engine) == 0, within_s=1.0)


def test_errors_are_our_own_in_both_languages(remote: Maker, url: str) -> None:
    with pytest.raises(ContextLengthError, match="512") as caught:
        next(stream(remote, ask("heparin " * 600), Sampling(5)))
    assert "提问太长" in caught.value.message.zh
    with pytest.raises(InputError, match="temperature"):
        next(stream(remote, ask("x"), Sampling(5, temperature=7)))
    with pytest.raises(InputError, match="key") as refused:
        next(stream(at(url, "tiny", "wrong"), ask("x"), Sampling(5)))
    assert "密钥" in refused.value.message.zh


def test_an_engine_that_is_gone_is_unavailable() -> None:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        url = f"http://127.0.0.1:{listener.getsockname()[1]}"
    with pytest.raises(UnavailableError, match="does not answer") as caught:
        next(stream(at(url), ask("x"), Sampling(5)))
    assert "没有响应" in caught.value.message.zh
    with pytest.raises(UnavailableError):
        ask_many(at(url), [ask("x")] * 3, Sampling(5), lambda index, answer: None)


@pytest.mark.parametrize(
    "said",
    [
        b'HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\n\r\ndata: {"choices":[{"delta":{"content":"a"}}]}\n\n',
        b"HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\n\r\ndata: <html>\n\n",
        b'HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\n\r\ndata: {"error":{"message":"out of memory"}}\n\n',
        b"HTTP/1.1 500 Oh\r\nContent-Length: 2\r\n\r\nno",
        b"HTTP/1.1 200 OK\r\nContent-Length: 99\r\n\r\ndata: ",
        b"",
    ],
)
def test_an_answer_that_breaks_off_is_an_error(said: bytes) -> None:
    with socket.create_server(("127.0.0.1", 0)) as listener:

        def answer() -> None:
            connection, _ = listener.accept()
            with connection:
                read_request(connection)
                connection.sendall(said)

        thread = threading.Thread(target=answer)
        thread.start()
        with pytest.raises(UnavailableError):
            list(stream(at(f"http://127.0.0.1:{listener.getsockname()[1]}"), ask("x"), Sampling(5)))
        thread.join(timeout=5)


def test_a_busy_engine_is_asked_again(engine: LocalEngine) -> None:
    with serving(EngineService(TOKEN, engine, most_requests=2)) as url:
        remote = at(url, key=TOKEN)
        held = [stream(remote, ask("hold"), Sampling(450)) for _ in range(2)]
        for under_way in held:
            next(under_way)
        with pytest.raises(BusyError):
            next(stream(remote, ask("x"), Sampling(2)))
        threading.Timer(0.3, lambda: [under_way.close() for under_way in held]).start()
        found: dict[int, Answer] = {}
        ask_many(remote, [ask("x")] * 6, Sampling(3), found.__setitem__, concurrency=4)
        assert len(found) == 6


def test_an_event_loop_streams_counts_and_cancels(engine: LocalEngine, url: str) -> None:
    def asked(text: str, most: int) -> Request:
        return Request(tuple(ask(text)), Sampling(most))

    async def go() -> None:
        async with RemoteEngine(url, "tiny", TOKEN) as remote:

            async def one(number: int) -> str:
                deltas = [delta async for delta in remote.generate(asked(f"{number}", 10))]
                assert deltas[-1].usage is not None
                return "".join(delta.text for delta in deltas)

            assert len(await asyncio.gather(*(one(number) for number in range(6)))) == 6
            under_way = remote.generate(asked("long", 450))
            await anext(under_way)
            assert engine.active == 1
            await under_way.aclose()
            for _ in range(100):
                if engine.active == 0:
                    break
                await asyncio.sleep(0.01)
            assert engine.active == 0
            with pytest.raises(ContextLengthError):
                await anext(remote.generate(asked("heparin " * 600, 5)))
            count = await remote.count_tokens(ask("x"))
            assert count == await engine.count_tokens(ask("x")) == engine.context - await remote.room(ask("x"))
            for one_of_both in (remote, engine):
                with pytest.raises(ContextLengthError):
                    await one_of_both.count_tokens(ask("heparin " * 600))
            assert await remote.room(ask("heparin " * 600)) == 0
            with pytest.raises(InputError, match="how likely"):
                await remote.score(ask("x"), ["y"])

    asyncio.run(go())


def test_an_engine_alone_searches_nothing(engine: LocalEngine, url: str) -> None:
    request = Request(tuple(ask("x")), Sampling(2), retrieval=Retrieval("heparin"))

    async def go() -> None:
        async with RemoteEngine(url, "tiny", TOKEN) as remote:
            for asked in (engine, remote):
                with pytest.raises(InputError, match="knowledge base"):
                    await anext(asked.generate(request))

    asyncio.run(go())


def test_citations_of_an_endpoint_come_with_the_answer() -> None:
    citation: dict[str, Any] = {
        "index": 1,
        "passage_id": "p1",
        "content": "c",
        "source": "s.md",
        "title": "",
        "score": 0.5,
    }
    chunks = [
        {
            "choices": [{"index": 0, "delta": {"content": "hi\u2028there"}, "finish_reason": None}],
            "citations": [citation],
        },
        {"choices": [{"index": 0, "delta": {}, "finish_reason": "stop"}]},
        {"choices": [], "usage": {"prompt_tokens": 3, "completion_tokens": 2}},
    ]
    body = (
        "".join(f": ping\n\ndata: {json.dumps(chunk, ensure_ascii=False)}\n\n" for chunk in chunks).encode()
        + b"data: [DONE]\n\n"
    )
    with socket.create_server(("127.0.0.1", 0)) as listener:

        def answer() -> None:
            connection, _ = listener.accept()
            with connection:
                read_request(connection)
                connection.sendall(f"HTTP/1.1 200 OK\r\nContent-Length: {len(body)}\r\n\r\n".encode())
                for place in range(0, len(body), 7):
                    connection.sendall(body[place : place + 7])

        thread = threading.Thread(target=answer)
        thread.start()
        found: list[Answer] = []
        remote = at(f"http://127.0.0.1:{listener.getsockname()[1]}/v1", "m@k")
        ask_many(remote, [ask("x")], Sampling(5), lambda index, got: found.append(got))
        thread.join(timeout=5)
    assert found[0].text == "hi\u2028there"
    assert found[0].passages[0].id == "p1"
    assert found[0].usage.completion_tokens == 2


def test_the_backends_load_no_torch() -> None:
    program = "import sys, studio.engines.remote, studio.engines.backends.local, studio.engines.pool; print('torch' in sys.modules, 'transformers' in sys.modules)"
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True, cwd=Path.cwd())
    assert done.stdout.split() == ["False", "False"]


def test_a_stranger_at_a_servers_port_is_no_fault_of_the_asker(url: str) -> None:
    async def go(place: str, token: str) -> None:
        async with connections() as http:
            engine = RemoteEngine(Client(http, place, token, ours=True), "tiny")
            with pytest.raises(UnavailableError):
                await anext(engine.generate(Request(tuple(ask("x")), Sampling(5))))
            with pytest.raises(UnavailableError):
                await engine.room(ask("x"))

    asyncio.run(go(url, "another token"))
    asyncio.run(go(f"{url}/elsewhere", TOKEN))
