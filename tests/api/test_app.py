"""The application: errors in one shape everywhere, and room for a page beside it."""

from __future__ import annotations

import json
from collections.abc import Callable
from contextlib import AbstractContextManager

import httpx
import pytest
from fastapi import FastAPI
from hypothesis import given
from hypothesis import settings as fuzz
from hypothesis import strategies as st
from starlette.testclient import TestClient

from studio.api.app import create_app
from studio.api.settings import Settings
from studio.core.workspace import Workspace
from studio.openai.chat import ChatRequest

Serve = Callable[..., AbstractContextManager[str]]
ASK = [{"role": "user", "content": "ping"}]


def assert_error(answer: httpx.Response, status: int, code: str | None = None) -> None:
    assert answer.status_code == status, answer.text
    document = answer.json()
    assert set(document) == {"error"}
    assert set(document["error"]) == {"message", "type", "param", "code"}
    assert document["error"]["message"]
    assert "detail" not in document
    if code:
        assert document["error"]["code"] == code


def test_unknown_paths_and_methods(serve: Serve, workspace: Workspace) -> None:
    with serve(workspace) as url:
        for path in (
            "/v1",
            "/v1/",
            "/v1/nothing",
            "/v1/chat",
            "/v1/chat/completions/",
            "/docs",
            "/openapi.json",
            "/x",
        ):
            assert_error(httpx.get(url + path), 404, "not_found")
            assert_error(httpx.post(url + path, json={}), 404, "not_found")
        assert_error(httpx.get(f"{url}/v1/models/"), 404, "not_found")
        wrong = httpx.get(f"{url}/v1/chat/completions")
        assert_error(wrong, 405, "method_not_allowed")
        assert wrong.headers["allow"] == "POST"
        assert_error(httpx.delete(f"{url}/v1/models"), 405)
        assert_error(httpx.post(f"{url}/healthz"), 405)
        assert httpx.get(f"{url}/healthz").json() == {"status": "ok"}
        assert httpx.head(f"{url}/v1/models").status_code == 200


@pytest.mark.parametrize(
    ("body", "status"),
    [
        (b"", 400),
        (b"{", 400),
        (b"null", 400),
        (b"[]", 400),
        (b'"ping"', 400),
        (b"\xff\xfe", 400),
        (b'{"messages": NaN}', 400),
        (b'{"a": "\\ud800"}', 400),
        (b"[" * 100_000, 400),
        (b'{"max_tokens": ' + b"9" * 5000 + b"}", 400),
        (b'{"messages": [], "temperature": 1e999}', 400),
        (b" " * (8 * 2**20 + 1), 413),
    ],
    ids=range(12),
)
def test_malformed_bodies(serve: Serve, workspace: Workspace, body: bytes, status: int) -> None:
    with serve(workspace) as url:
        for kind in ("application/json", "text/plain", ""):
            answer = httpx.post(f"{url}/v1/chat/completions", content=body, headers={"content-type": kind})
            assert_error(answer, status)


def test_a_request_that_cannot_be_answered_starts_nothing(serve: Serve, workspace: Workspace) -> None:
    with serve(workspace) as url:
        for model in (None, "", "gpt-4", "../etc", "/etc", "a@b", "@", "x" * 5000, "模型"):
            answer = httpx.post(f"{url}/v1/chat/completions", json={"model": model, "messages": ASK})
            assert_error(answer, 404, "model_not_found")
            assert "fetch" in answer.json()["error"]["message"] or "there are" in answer.json()["error"]["message"]
        assert not list(workspace.runs.glob("*-serve-*"))


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=6), inner, max_size=3),
    max_leaves=6,
)


@fuzz(max_examples=150, deadline=None)
@given(fields=st.dictionaries(st.sampled_from(sorted(ChatRequest.model_fields)), JSON, max_size=4), sound=st.booleans())
def test_whatever_is_posted_is_answered_in_shape(
    live: str, http: httpx.Client, fields: dict[str, object], sound: bool
) -> None:
    body = {**fields, "messages": ASK, "model": "nothing"} if sound else {"model": "nothing", **fields}
    answer = http.post(f"{live}/v1/chat/completions", content=json.dumps(body))
    if answer.status_code != 200:  # an empty model id means the default model
        assert answer.status_code in (400, 404)
        assert_error(answer, answer.status_code)


def test_a_crash_of_ours_is_told_in_the_same_shape(workspace: Workspace) -> None:
    app = create_app(workspace, Settings())

    async def broken(request: object) -> None:
        raise ZeroDivisionError("a bug")

    app.add_route("/broken", broken)
    with TestClient(app, base_url="http://localhost", raise_server_exceptions=False) as client:
        answer = client.get("/broken")
        assert answer.status_code == 500
        assert json.loads(answer.text)["error"]["code"] == "internal_error"
        assert answer.headers["x-request-id"] in answer.text
        assert "ZeroDivisionError" not in answer.text


def test_a_page_mounted_at_the_root_keeps_its_own_paths(workspace: Workspace) -> None:
    page = FastAPI()

    @page.get("/")
    def home() -> str:
        return "home"

    app = create_app(workspace, Settings())
    app.mount("/", page)
    with TestClient(app, base_url="http://localhost") as client:
        assert client.get("/").json() == "home"
        assert client.get("/other").json() == {"detail": "Not Found"}  # the page's own 404
        assert client.get("/v1/models").json() == {"object": "list", "data": []}
        assert client.get("/v1/other").json()["error"]["code"] == "not_found"
        assert client.get("/v1").json()["error"]["code"] == "not_found"
        assert client.get("/healthz").json() == {"status": "ok"}
