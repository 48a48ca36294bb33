"""Who may come in: foreign names, keys, and a request id on every answer."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import AbstractContextManager

import httpx
import pytest

from studio.api import keys
from studio.core.workspace import Workspace

Serve = Callable[..., AbstractContextManager[str]]


def test_every_answer_has_a_request_id(serve: Serve, workspace: Workspace) -> None:
    with serve(workspace) as url:
        for path in ("/healthz", "/v1/models", "/v1/nothing", "/nothing", "/v1"):
            answer = httpx.get(url + path)
            assert answer.headers["x-request-id"].startswith("req-"), path
        mine = httpx.get(f"{url}/healthz", headers={"x-request-id": "my-1.2:3"})
        assert mine.headers["x-request-id"] == "my-1.2:3"
        for odd in ("a b", "x" * 200, '"', "é".encode("latin-1")):
            answer = httpx.get(f"{url}/healthz", headers={"x-request-id": odd})
            assert answer.headers["x-request-id"].startswith("req-")


@pytest.mark.parametrize(
    ("headers", "status"),
    [
        ({}, 200),
        ({"Host": "localhost:9999"}, 200),
        ({"Host": "[::1]:7860"}, 200),
        ({"Host": "LOCALHOST"}, 200),
        ({"Host": "127.0.0.2:7860", "Origin": "http://127.0.0.2:7860"}, 200),
        ({"Host": "10.0.0.2"}, 403),
        ({"Origin": "http://127.0.0.1:7860"}, 200),
        ({"Host": "evil.example"}, 403),
        ({"Host": "127.0.0.1.evil.example:7860"}, 403),
        ({"Host": ""}, 403),
        ({"Host": "[bad"}, 403),
        ({"Origin": "https://evil.example"}, 403),
        ({"Origin": "null"}, 403),
    ],
)
def test_foreign_names_are_refused_where_no_key_is_needed(
    serve: Serve, workspace: Workspace, headers: dict[str, str], status: int
) -> None:
    with serve(workspace) as url:
        for path in ("/v1/models", "/healthz"):
            answer = httpx.get(url + path, headers=headers)
            assert answer.status_code == status, answer.text
            if status == 403:
                assert answer.json()["error"]["code"] == "host_not_allowed"
                assert "x-request-id" in answer.headers


def test_names_can_be_allowed(serve: Serve, workspace: Workspace) -> None:
    headers = {"Host": "u1-8443.autodl.example", "Origin": "https://u1-8443.autodl.example:8443"}
    with serve(workspace, hosts=frozenset({"localhost", "u1-8443.autodl.example"})) as url:
        assert httpx.get(f"{url}/v1/models", headers=headers).status_code == 200
    with serve(workspace, hosts=frozenset({"*"})) as url:
        assert httpx.get(f"{url}/v1/models", headers=headers).status_code == 200


def test_a_key_opens_v1_under_any_name_but_not_the_page(serve: Serve, workspace: Workspace) -> None:
    secret = keys.add(workspace, "dify")
    with serve(workspace) as url:
        headers = {"Host": "evil.example", "Authorization": f"Bearer {secret}"}
        assert httpx.get(f"{url}/v1/models", headers=headers).status_code == 200
        assert httpx.get(f"{url}/healthz", headers=headers).status_code == 403
        assert httpx.get(f"{url}/v1/models", headers={"Host": "evil.example"}).status_code == 401


def test_once_there_is_a_key_all_of_v1_needs_one(serve: Serve, workspace: Workspace) -> None:
    with serve(workspace) as url:
        assert httpx.get(f"{url}/v1/models", headers={"Authorization": ""}).status_code == 200
        secret = keys.add(workspace, "dify")
        for path in ("/v1", "/v1/models", "/v1/models/x", "/v1/chat/completions", "/v1/nothing", "/v1//models"):
            for given in ({}, {"Authorization": ""}, {"Authorization": "Bearer wrong"}):
                answer = httpx.get(url + path, headers=given)
                assert answer.status_code == 401, path
                assert answer.json()["error"]["code"] == "invalid_api_key"
                assert answer.headers["www-authenticate"] == "Bearer"
        assert httpx.get(f"{url}/healthz").status_code == 200
        good = {"Authorization": f"Bearer {secret}"}
        assert httpx.get(f"{url}/v1/models", headers=good).status_code == 200
        keys.revoke(workspace, "dify")
        assert httpx.get(f"{url}/v1/models").status_code == 200


def test_a_broken_key_file_lets_nobody_in(serve: Serve, workspace: Workspace) -> None:
    workspace.keys.write_text("{")
    with serve(workspace) as url:
        answer = httpx.get(f"{url}/v1/models")
        assert (answer.status_code, answer.json()["error"]["code"]) == (503, "keys_unreadable")
