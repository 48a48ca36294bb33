"""Servers that are idle make way for a run that needs their device."""

from __future__ import annotations

import pytest

from studio.core import recipe as recipes
from studio.core.workspace import Workspace
from studio.runs import launch, room, slots
from studio.runs.directory import Run
from studio.runs.recipes import check_whole
from tests.runs.helpers import wait


def start(workspace: Workspace, text: str) -> Run:
    return launch.start(workspace, check_whole(workspace, recipes.read(text, "r.yaml")).recipe)


def test_idle_servers_end_and_others_stay(heavy: Workspace) -> None:
    made = start(heavy, "kind: product\nname: thing\n")
    wait(lambda: made.status() == "finished", 30)
    servers = {
        "idle": start(heavy, "kind: server\nname: idle\n"),
        "busy": start(heavy, "kind: server\nname: busy\nidle: 0\n"),
        "spoken-with": start(heavy, "kind: server\nname: spoken-with\nidle: 2\n"),
        "named": start(heavy, "kind: server\nname: named\nthing: thing\n"),
    }
    wait(lambda: all(server.status() == "running" for server in servers.values()), 30)
    user = start(heavy, "kind: uses\nname: user\nthing: thing\n")
    wait(lambda: user.status() == "finished", 30)
    assert {name: server.status() for name, server in servers.items()} == {
        "idle": "stopped",
        "busy": "running",
        "spoken-with": "running",
        "named": "running",
    }
    assert f"Ending idle servers: {servers['idle'].id}" in user.log_file.read_text()
    light = start(heavy, "kind: light\nname: light\n")
    wait(lambda: light.status() == "finished", 30)
    second = start(heavy, "kind: heavy\nname: second\n")
    wait(lambda: second.status() == "finished", 30)
    assert servers["named"].status() == "stopped", "nothing names what it serves"


def test_a_server_without_a_device_of_its_own_is_on_the_first(
    heavy: Workspace, monkeypatch: pytest.MonkeyPatch
) -> None:
    server = start(heavy, "kind: server\nname: there\n")
    wait(lambda: server.status() == "running", 30)
    monkeypatch.setattr(slots, "_gpus", lambda: {"0": "GPU-a", "1": "GPU-b"})
    for mine, beside in (("0", True), ("1", False)):
        monkeypatch.setenv("CUDA_VISIBLE_DEVICES", mine)
        monkeypatch.setenv(slots.HELD, mine)
        assert room._beside(server) is beside


def test_devices_are_the_gpus_that_one_may_see(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CUDA_VISIBLE_DEVICES", "0")
    assert [device.name for device in slots.devices()] == ["cpu"], "a number of no card"
    monkeypatch.setattr(slots, "_gpus", lambda: {"0": "GPU-a", "1": "GPU-b"})
    assert [(device.name, device.lock) for device in slots.devices()] == [("0", "GPU-a")]
    monkeypatch.setenv("CUDA_VISIBLE_DEVICES", "GPU-b,0")
    assert [(device.name, device.lock) for device in slots.devices()] == [("GPU-b", "GPU-b"), ("0", "GPU-a")]
    monkeypatch.setenv("CUDA_VISIBLE_DEVICES", "-1")
    assert [device.name for device in slots.devices()] == ["cpu"]
    monkeypatch.delenv("CUDA_VISIBLE_DEVICES")
    assert [device.lock for device in slots.devices()] == ["GPU-a", "GPU-b"]
