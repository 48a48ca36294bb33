"""The endpoint as a process: says where it is, ends with its parent, and will not be left open to a network."""

from __future__ import annotations

import re
import socket
import subprocess
import sys
import time

import httpx
import pytest

from studio.api import keys, server
from studio.api.settings import is_loopback
from studio.core.errors import InputError
from studio.core.workspace import REPOSITORY, Workspace

RUN = (
    "import sys; from pathlib import Path; from studio.api.server import run; from studio.core.workspace import Workspace\n"
    "run(Workspace(Path(sys.argv[1])), '127.0.0.1', 0, int(sys.argv[2]))\n"
    "heavy = {'torch', 'transformers', 'faiss', 'trl', 'sentence_transformers', 'matplotlib', 'gradio'} & set(sys.modules)\n"
    "assert not heavy, heavy"
)


def test_it_answers_once_it_says_so_and_ends_with_its_parent(workspace: Workspace, environment: dict[str, str]) -> None:
    parent = subprocess.Popen([sys.executable, "-c", "input()"], stdin=subprocess.PIPE)
    endpoint = subprocess.Popen(
        [sys.executable, "-c", RUN, str(workspace.root), str(parent.pid)],
        cwd=REPOSITORY,
        env={**environment, "STUDIO_ENDPOINT_TOKEN": "t0"},
        stdout=subprocess.PIPE,
        text=True,
    )
    try:
        assert endpoint.stdout is not None
        line = endpoint.stdout.readline()
        found = re.fullmatch(r"endpoint: (http://127\.0\.0\.1:\d+/v1)\n", line)
        assert found, line
        assert httpx.get(f"{found[1]}/models").status_code == 401
        answer = httpx.get(f"{found[1]}/models", headers={"Authorization": "Bearer t0"})
        assert answer.json() == {"object": "list", "data": []}
        parent.kill()  # not waited for: a dead parent that nobody has buried yet is dead
        assert endpoint.wait(timeout=10) == 0
        assert endpoint.stdout.read() == ""
    finally:
        endpoint.kill()
        parent.kill()
        parent.communicate()
        endpoint.communicate()


def test_a_parent_that_is_gone_already(workspace: Workspace) -> None:
    gone = subprocess.Popen([sys.executable, "-c", ""])
    gone.wait()
    began = time.monotonic()
    server.run(workspace, "127.0.0.1", 0, gone.pid)
    assert time.monotonic() - began < 5


def test_a_port_in_use_is_said_plainly(workspace: Workspace) -> None:
    with socket.socket() as other:
        other.bind(("127.0.0.1", 0))
        other.listen()
        port = other.getsockname()[1]
        with pytest.raises(InputError, match=f"port {port} is in use") as caught:
            server.run(workspace, "127.0.0.1", port)
    assert "--port" in caught.value.to("en")
    assert "端口" in caught.value.to("zh")


def test_hosts_and_ports_that_are_none(workspace: Workspace) -> None:
    for host, port in (("127.0.0.1", 99999), ("no such host", 0), ("192.0.2.1", 0)):
        with pytest.raises(InputError):
            server.bind(host, port)


def test_no_endpoint_for_the_network_without_a_key(workspace: Workspace) -> None:
    for host in ("0.0.0.0", "::", "192.168.1.5", "studio.example"):
        with pytest.raises(InputError, match="no API key"):
            server.run(workspace, host, 0)
    keys.add(workspace, "dify")
    server.require_keys(workspace, "0.0.0.0")
    for host in ("127.0.0.1", "127.0.0.53", "::1", "localhost"):
        assert is_loopback(host)
