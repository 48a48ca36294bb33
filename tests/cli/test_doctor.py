from __future__ import annotations

import socket

import pytest

from studio.cli.doctor import _hub
from studio.core.workspace import Workspace


def test_the_hub_is_looked_for_at_its_own_port(workspace: Workspace, monkeypatch: pytest.MonkeyPatch) -> None:
    with socket.create_server(("127.0.0.1", 0)) as mirror:
        port = mirror.getsockname()[1]
        monkeypatch.setenv("HF_ENDPOINT", f"http://me:secret@127.0.0.1:{port}/hf")
        found = _hub(workspace)
        assert (found.good, found.found.en) == (True, f"127.0.0.1:{port} answers")
    found = _hub(workspace)
    assert (found.good, found.found.en.partition(";")[0]) == (False, f"127.0.0.1:{port} cannot be reached")


@pytest.mark.parametrize(
    ("endpoint", "address"),
    [
        ("https://mirror.example", ("mirror.example", 443)),
        ("http://mirror.example/hf", ("mirror.example", 80)),
        ("http://[::1]:8090", ("::1", 8090)),
    ],
)
def test_the_port_follows_from_the_scheme(
    workspace: Workspace, monkeypatch: pytest.MonkeyPatch, endpoint: str, address: tuple[str, int]
) -> None:
    asked: list[object] = []

    def connect(address: object, timeout: float) -> None:
        asked.append(address)
        raise OSError

    monkeypatch.setattr(socket, "create_connection", connect)
    monkeypatch.setenv("HF_ENDPOINT", endpoint)
    assert not _hub(workspace).good
    assert asked == [address]


@pytest.mark.parametrize("endpoint", ["http://mirror.example:port", "http://[::1"])
def test_an_endpoint_that_is_no_address_cannot_be_reached(
    workspace: Workspace, monkeypatch: pytest.MonkeyPatch, endpoint: str
) -> None:
    monkeypatch.setenv("HF_ENDPOINT", endpoint)
    assert not _hub(workspace).good
