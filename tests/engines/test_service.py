"""The server: OpenAI's wire to the letter, and nothing left running when a client goes."""

from __future__ import annotations

import asyncio
import json
import socket
import threading
import time
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import httpx
import pytest
from openai import BadRequestError, OpenAI

from studio.core.records import Delta, Message, Sampling, Usage
from studio.core.reporter import Silent
from studio.engines.backends.local import LocalEngine
from studio.engines.generation import Listener, PendingAnswer
from studio.engines.recipe import ServeRecipe
from studio.engines.serve import _ServerMonitor
from studio.engines.service import EngineService
from tests.engines.helpers import TOKEN, ask, at, in_manager, serving, soon, stream

KEY = {"Authorization": f"Bearer {TOKEN}"}
PING = [{"role": "user", "content": "ping"}]


@pytest.fixture(scope="module")
def engine(talkative_model: Path) -> Iterator[LocalEngine]:
    """An engine whose greedy answers last until they are cut off: nothing ends by chance."""
    with LocalEngine(talkative_model, max_context=512) as engine:
        yield engine


def post(url: str, **body: object) -> httpx.Response:
    return httpx.post(f"{url}/v1/chat/completions", headers=KEY, json={"messages": PING, **body}, timeout=60)


def events(text: str) -> list[Any]:
    frames = text.split("\n\n")
    assert frames[-1] == ""
    assert all(frame.startswith("data: ") and "\n" not in frame and "\r" not in frame for frame in frames[:-1])
    assert frames[-2] == "data: [DONE]"
    return [json.loads(frame[6:]) for frame in frames[:-2]]


def test_a_whole_answer(url: str) -> None:
    answer = post(url, max_tokens=6, model="m").json()
    assert answer["object"] == "chat.completion"
    assert answer["model"] == "m"
    choice = answer["choices"][0]
    assert choice["finish_reason"] in ("stop", "length")
    assert choice["message"]["role"] == "assistant"
    usage = answer["usage"]
    assert usage["total_tokens"] == usage["prompt_tokens"] + usage["completion_tokens"]
    assert usage["completion_tokens"] <= 6


def test_a_streamed_answer(url: str) -> None:
    whole = post(url, max_tokens=12).json()["choices"][0]["message"]["content"]
    answer = post(url, max_tokens=12, stream=True)
    assert answer.headers["content-type"] == "text/event-stream; charset=utf-8"
    assert answer.headers["x-accel-buffering"] == "no"
    chunks = events(answer.text)
    assert {(chunk["id"], chunk["created"], chunk["object"]) for chunk in chunks} == {
        (chunks[0]["id"], chunks[0]["created"], "chat.completion.chunk")
    }
    deltas = [chunk["choices"][0] for chunk in chunks]
    assert deltas[0]["delta"] == {"role": "assistant", "content": ""}
    assert "".join(delta["delta"].get("content", "") for delta in deltas) == whole
    reasons = [delta["finish_reason"] for delta in deltas]
    assert reasons[-1] in ("stop", "length")
    assert set(reasons[:-1]) == {None}
    assert all("usage" not in chunk for chunk in chunks)


def test_usage_comes_last_and_only_when_asked_for(url: str) -> None:
    chunks = events(post(url, max_tokens=5, stream=True, stream_options={"include_usage": True}).text)
    assert chunks[-1]["choices"] == []
    assert chunks[-1]["usage"]["completion_tokens"] <= 5
    assert chunks[-2]["choices"][0]["finish_reason"]


@pytest.mark.parametrize("stream", [False, True])
def test_several_choices(url: str, stream: bool) -> None:
    answer = post(url, max_tokens=5, n=3, temperature=1.5, seed=4, stream=stream)
    if stream:
        texts = ["", "", ""]
        for chunk in events(answer.text):
            for choice in chunk["choices"]:
                texts[choice["index"]] += choice["delta"].get("content", "")
    else:
        texts = [choice["message"]["content"] for choice in answer.json()["choices"]]
    assert len(set(texts)) == 3
    again = [
        choice["message"]["content"]
        for choice in post(url, max_tokens=5, n=3, temperature=1.5, seed=4).json()["choices"]
    ]
    assert texts == again


def test_the_openai_client_reads_it(url: str) -> None:
    client = OpenAI(base_url=f"{url}/v1", api_key=TOKEN, max_retries=0)
    with client.chat.completions.create(model="m", messages=PING, max_tokens=8, stream=True) as stream:
        parts = [chunk.choices[0].delta.content or "" for chunk in stream]
    whole = client.chat.completions.create(model="m", messages=PING, max_tokens=8)
    assert "".join(parts) == whole.choices[0].message.content
    with pytest.raises(BadRequestError) as caught:
        client.chat.completions.create(model="m", messages=[{"role": "user", "content": "heparin " * 600}])
    assert caught.value.code == "context_length_exceeded"
    client.close()


def test_errors_are_in_openais_shape(url: str) -> None:
    found = post(url, temperature=9)
    assert (found.status_code, found.json()["error"]["param"]) == (400, "temperature")
    found = httpx.post(f"{url}/v1/chat/completions", headers=KEY, content=b"{not json")
    assert found.status_code == 400
    found = httpx.post(f"{url}/v1/chat/completions", headers=KEY, content=b"[]")
    assert found.status_code == 400
    for path in ("/nothing", "/search", "/passages/x"):
        found = httpx.get(f"{url}{path}", headers=KEY)
        assert found.status_code == 404
        assert set(found.json()["error"]) == {"message", "type", "param", "code"}


@pytest.mark.parametrize("given", ["", "Bearer", f"Bearer {TOKEN}x", f"bearer{TOKEN}", f"Basic {TOKEN}"])
def test_nothing_but_health_answers_without_the_token(url: str, given: str) -> None:
    found = httpx.post(f"{url}/v1/chat/completions", headers={"Authorization": given}, json={"messages": PING})
    assert found.status_code == 401
    assert found.json()["error"]["code"] == "invalid_api_key"
    assert httpx.get(f"{url}/health").json()["status"] == "ok"


@pytest.mark.parametrize("stream", [True, False])
def test_a_client_that_goes_ends_the_work(url: str, engine: LocalEngine, stream: bool) -> None:
    body = json.dumps({"messages": PING, "max_tokens": 450, "stream": stream, "n": 4}).encode()
    host = urlsplit(url)
    assert host.hostname
    with socket.create_connection((host.hostname, host.port or 0)) as raw:
        head = f"POST /v1/chat/completions HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer {TOKEN}\r\nContent-Length: {len(body)}\r\n\r\n"
        raw.sendall(head.encode() + body)
        assert soon(lambda: engine.active >= 3)
        if stream:
            assert b"200 OK" in raw.recv(4096)
    assert soon(lambda: engine.active == 0 and in_manager(engine) == 0, within_s=1.0)


def test_too_many_at_once_are_told_to_come_back(engine: LocalEngine) -> None:
    with serving(EngineService(TOKEN, engine, most_requests=2)) as url:
        for _ in range(20):  # random tokens may end an answer that should hold its place: then it is asked again
            held = [stream(at(url, key=TOKEN), ask("hold"), Sampling(450)) for _ in range(2)]
            for under_way in held:
                next(under_way)
            found = post(url, max_tokens=2)
            if found.status_code == 429:
                break
            for under_way in held:
                under_way.close()
        assert found.status_code == 429
        assert found.headers["retry-after"] == "1"
        assert found.json()["error"]["code"] == "rate_limit_exceeded"
        for under_way in held:
            under_way.close()
        assert post(url, max_tokens=2).status_code == 200


def test_an_engine_that_dies_says_so_in_the_stream_and_in_its_health(tiny_model: Path) -> None:
    import torch

    with LocalEngine(tiny_model) as engine, serving(EngineService(TOKEN, engine)) as url:
        body = {"messages": PING, "max_tokens": 900, "stream": True}
        with httpx.stream("POST", f"{url}/v1/chat/completions", headers=KEY, json=body, timeout=30) as answer:
            lines = answer.iter_lines()
            assert next(lines).startswith("data: {")
            broken = torch.nn.Parameter(torch.zeros(3, 7, dtype=torch.bfloat16), requires_grad=False)
            engine._model.lm_head.weight = broken
            rest = [line for line in lines if line]
        assert json.loads(rest[-1][6:])["error"]["code"] == "engine_unavailable"
        assert soon(lambda: httpx.get(f"{url}/health").status_code == 503)
        assert post(url, max_tokens=1).status_code == 503


def test_a_long_prompt_keeps_nobody_waiting(url: str, engine: LocalEngine, monkeypatch: pytest.MonkeyPatch) -> None:
    began = time.monotonic()
    for count in (250_000, 4_000_000):
        refused = post(url, messages=[{"role": "user", "content": "x" * count}])
        assert refused.json()["error"]["code"] == "context_length_exceeded"
    assert time.monotonic() - began < 2, "megabytes are refused without being read"
    many = post(url, messages=[{"role": "user", "content": ""}] * 100_000)
    assert many.json()["error"]["code"] == "context_length_exceeded"

    encode, encoding, seen = engine.encode, threading.Event(), threading.Event()

    def slowly(messages: Sequence[Message]) -> list[int]:
        assert not encoding.is_set(), "one call is encoded once"
        encoding.set()
        assert seen.wait(10), "the server answered nobody meanwhile"
        return encode(messages)

    monkeypatch.setattr(engine, "encode", slowly)
    with ThreadPoolExecutor() as threads:
        asked = threads.submit(post, url, max_tokens=2, n=3)
        assert encoding.wait(10)
        assert httpx.get(f"{url}/health").json()["active"] == 0
        seen.set()
        assert len(asked.result().json()["choices"]) == 3


def test_the_room_for_an_answer_can_be_asked_for(url: str, engine: LocalEngine) -> None:
    def left(text: str) -> int:
        messages = [{"role": "user", "content": text}]
        return int(httpx.post(f"{url}/tokens", headers=KEY, json={"messages": messages}).json()["left"])

    used = post(url, max_tokens=1).json()["usage"]["prompt_tokens"]
    assert left("ping") == engine.context - used
    assert left("heparin " * 600) == left("x" * 2_000_000) == 0


def test_the_smallest_temperatures_take_the_likeliest_token(url: str) -> None:
    def said(temperature: float, top_p: float = 1.0) -> str:
        found = post(url, max_tokens=8, temperature=temperature, top_p=top_p).json()
        return str(found["choices"][0]["message"]["content"])

    assert said(1e-50) == said(1e-7, 0.5) == said(1e-5) == said(0)


def test_a_silent_answer_shows_signs_of_life(url: str, engine: LocalEngine, monkeypatch: pytest.MonkeyPatch) -> None:
    def think(ids: list[int], sampling: Sampling, listener: Listener, *_: object) -> PendingAnswer:
        threading.Timer(0.5, listener, [Delta("hi", "stop", Usage())]).start()
        return PendingAnswer("thinking", lambda _: None)

    monkeypatch.setattr("studio.engines.service._SILENCE_S", 0.1)
    monkeypatch.setattr(engine, "enter", think)
    frames = post(url, stream=True).text.split("\n\n")
    assert frames[1] == ": ping"
    assert "hi" in frames[-4]
    assert post(url).json()["choices"][0]["message"]["content"] == "hi"


def test_what_comes_in_at_the_last_idle_moment_is_answered(
    engine: LocalEngine, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked = threading.Event()

    def think(ids: list[int], sampling: Sampling, listener: Listener, *_: object) -> PendingAnswer:
        asked.set()
        threading.Timer(1.8, listener, [Delta("late", "stop", Usage())]).start()  # longer than a stop would wait
        return PendingAnswer("thinking", lambda _: None)

    monkeypatch.setattr(engine, "enter", think)
    monkeypatch.setattr(_ServerMonitor, "_over", lambda _: asked.is_set())
    monitor = _ServerMonitor(
        ServeRecipe(name="x", model="m"), Silent(), EngineService(TOKEN, engine), tmp_path / "server.json"
    )
    with socket.create_server(("127.0.0.1", 0)) as listener, ThreadPoolExecutor() as threads:
        serving = threads.submit(asyncio.run, monitor.run(listener))
        assert soon((tmp_path / "server.json").exists, within_s=10)
        answer = post(f"http://127.0.0.1:{listener.getsockname()[1]}", max_tokens=1)
        assert answer.json()["choices"][0]["message"]["content"] == "late"
        serving.result(timeout=10)
    assert not (tmp_path / "server.json").exists()
