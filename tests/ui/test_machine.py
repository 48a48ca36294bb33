"""What Home says of the GPUs: as nvidia-smi says it, a moment later, and nothing where it says nothing."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path

import pytest

from studio.core.workspace import Workspace
from studio.runs.directory import Run
from studio.ui.context import Context
from studio.ui.machine import Card, Gauge
from studio.ui.parts import PARTS
from tests.ui.conftest import until

# as the driver prints them, the second one of a card that is split
_LINES = "NVIDIA H100 80GB HBM3, 37, 12345, 81559, 54\nNVIDIA A100-SXM4-40GB, [N/A], 0, 40960, 31\n"


def program(folder: Path, says: str) -> None:
    file = folder / "nvidia-smi"
    file.write_text(f"#!/bin/sh\nprintf '%s' '{says}'\n")
    file.chmod(0o755)


def test_home_shows_how_busy_full_and_warm_each_card_is(
    workspace: Workspace, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    program(tmp_path, _LINES)
    monkeypatch.setenv("PATH", f"{tmp_path}{os.pathsep}{os.environ['PATH']}")
    context = Context(workspace, "zh")
    home = PARTS.load("home")
    before = home.version(context, {})
    until(lambda: len(context.gauge.cards()) == 2, 10)
    assert context.gauge.cards()[1] == Card("NVIDIA A100-SXM4-40GB", None, 0, 40960 * 2**20, 31)
    shown = str(home.render(context, {})["machine"])
    assert "GPU 0" in shown and "使用率 37% · 显存 12.9 GB / 85.5 GB · 54 °C" in shown
    assert "A100-SXM4-40GB · 显存 0 B / 42.9 GB · 31 °C" in shown
    assert home.version(context, {}).partition("|")[0] != before.partition("|")[0]
    assert "memory 12.9 GB" in str(home.render(Context(workspace, "en", gauge=context.gauge), {})["machine"])


def test_a_driver_that_fails_says_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    program(tmp_path, "NVIDIA-SMI has failed because it could not communicate with the NVIDIA driver")
    monkeypatch.setenv("PATH", f"{tmp_path}{os.pathsep}{os.environ['PATH']}")
    gauge = Gauge()
    gauge._ask(str(tmp_path / "nvidia-smi"))
    assert gauge.cards() == ()


def test_names_on_home_lead_to_their_runs_and_the_rest_to_the_listing(zh: Context, new_run: Callable[..., Run]) -> None:
    for number in range(8):
        run = new_run("train", name=f"m{number}", dataset="d")
        run.write_result("finished", outputs={}, metrics={}, error=None)
    shown = str(PARTS.load("home").render(zh, {})["here"])
    assert f'<a href="#runs={run.id}">m7</a>' in shown
    assert '<a href="#runs?kind=train">另有 3 个</a>' in shown
    assert "m2<" not in shown
