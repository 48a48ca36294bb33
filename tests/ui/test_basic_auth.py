"""The page's password, where it has one, and the addresses that are refused without."""

from __future__ import annotations

import socket
import subprocess
import sys

import pytest
from fastapi import FastAPI
from fastapi.testclient import TestClient

from studio.api import keys
from studio.core.errors import InputError
from studio.core.workspace import REPOSITORY, Workspace
from studio.ui import serving
from studio.ui.basic_auth import BasicAuth


@pytest.fixture
def client() -> TestClient:
    app = FastAPI()
    app.add_middleware(BasicAuth, password="geheim 密码")

    @app.get("/{path:path}")
    def anything(path: str) -> str:
        return path

    return TestClient(app)


def test_the_page_asks_for_the_password(client: TestClient) -> None:
    for path in ("/", "/en/", "/studio/parts", "/config", "/docs", "/v1x", "/healthzz"):
        answer = client.get(path)
        assert answer.status_code == 401, path
        assert answer.headers["www-authenticate"].startswith("Basic ")
    assert client.get("/", auth=("studio", "geheim 密码")).status_code == 200
    assert client.get("/", auth=("admin", "geheim 密码")).status_code == 401
    assert client.get("/", headers={"Authorization": "Basic !!"}).status_code == 401


def test_the_endpoint_guards_itself(client: TestClient) -> None:
    for path in ("/v1/models", "/v1", "/retrieval", "/healthz"):
        assert client.get(path).status_code == 200, path


def test_open_to_others_only_with_password_and_key(workspace: Workspace) -> None:
    with pytest.raises(InputError) as caught:
        serving.run(workspace, "0.0.0.0", 0, {})
    assert "STUDIO_PASSWORD" in caught.value.to("zh")
    with pytest.raises(InputError) as caught:
        serving.run(workspace, "0.0.0.0", 0, {"STUDIO_PASSWORD": "x"})
    assert "keys add" in caught.value.to("en")
    keys.add(workspace, "dify")
    with socket.socket() as taken:
        taken.bind(("0.0.0.0", 0))
        taken.listen()
        with pytest.raises(InputError) as caught:  # past both guards, as far as the port
            serving.run(workspace, "0.0.0.0", taken.getsockname()[1], {"STUDIO_PASSWORD": "x"})
    assert "--port" in caught.value.to("en")


def test_a_port_in_use_is_one_clear_line_and_exit_2(workspace: Workspace) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = str(taken.getsockname()[1])
        done = subprocess.run(
            [sys.executable, "app.py", "--port", port, "--workspace", str(workspace.root)],
            cwd=REPOSITORY, capture_output=True, text=True, timeout=60, check=False,
        )  # fmt: skip
    assert done.returncode == 2
    assert f"--port {port}" in done.stderr
    assert "Traceback" not in done.stderr
