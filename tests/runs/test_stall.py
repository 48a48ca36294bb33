"""A run that is silent for much longer than it ever was."""

from __future__ import annotations

import os
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from studio.core.files import read_json, write_json
from studio.core.jsonl import JsonLines
from studio.core.workspace import Workspace
from studio.data.recipe import DatasetRecipe
from studio.runs import stall
from studio.runs.directory import Run
from studio.runs.process import Process
from studio.runs.store import RunStore
from studio.runs.view import view

Began = Callable[..., Run]


@pytest.fixture
def began(workspace: Workspace) -> Iterator[Began]:
    """Make a run that this very process is at work in, whose events came at these seconds before now."""

    def make(*ago: float, kind: str = "dataset", started: float = 100_000) -> Run:
        recipe = DatasetRecipe(name="silent", sources=[{"file": "uploads/few.jsonl"}])
        run = RunStore(workspace).create(recipe.model_copy(update={"kind": kind}), {})
        Process.current().save(run.process_file)
        now = time.time()
        write_json(run.process_file, {**(read_json(run.process_file) or {}), "created": now - started})
        for before in ago:
            event = {
                "time": now - before,
                "type": "progress",
                "done": int(1e6 - before),
                "total": 10**6,
                "unit": "rows",
            }
            JsonLines(run.events_file).append(event)
        run.log_file.write_text("told\n")
        for path in (run.events_file, run.log_file):
            os.utime(path, (now - ago[-1], now - ago[-1]))
        return run

    yield make
    for run in RunStore(workspace).all():
        run.process_file.unlink()  # whoever clears up after a test would end it


def test_ten_times_its_own_rhythm(began: Began) -> None:
    quick = began(99_990, *range(5000, 3999, -100))
    found = stall.silence(quick)
    assert found is not None and round(found.usual_s) == 100
    assert abs(time.time() - 4000 - found.since) < 5
    slow = began(*range(99_900, 4000, -500))
    assert stall.silence(slow) is None, "silent for as long as ten of its silences yet"
    assert stall.silence(slow, time.time() + 2000) is not None


def test_never_under_some_minutes(began: Began) -> None:
    run = began(*range(700, 589, -1), started=701)
    assert stall.silence(run) is None
    assert stall.silence(run, time.time() + 60) is not None


def test_who_speaks_in_the_log_is_not_silent(began: Began) -> None:
    run = began(*range(5000, 3999, -100), started=5001)
    assert stall.silence(run) is not None
    os.utime(run.log_file)
    assert stall.silence(run) is None


def test_the_night_between_a_stop_and_a_resume_is_no_rhythm(began: Began) -> None:
    run = began(90_000, 89_999, 3000, 2999, 2998, started=3001)
    found = stall.silence(run)
    assert found is not None and round(found.usual_s) == 1


@pytest.mark.parametrize("kind", ["serve", "pipeline", "of_a_newer_studio"])
def test_those_that_wait_for_others_are_not_stalled(began: Began, kind: str) -> None:
    assert stall.silence(began(5000, started=5001, kind=kind)) is None


def test_a_quiet_run_is_read_once_and_a_lively_one_never(began: Began, monkeypatch: pytest.MonkeyPatch) -> None:
    read: list[Path] = []
    lines = stall.read_events
    monkeypatch.setattr(stall, "read_events", lambda path: (read.append(path), lines(path))[1])
    lively, quiet = began(20, 10, started=30), began(5001, 5000, started=5002)
    for _ in range(50):
        stall.silence(lively)
        stall.silence(quiet)
    assert read == [quiet.events_file]


def test_the_view_says_since_when_and_what_to_do(began: Began, workspace: Workspace) -> None:
    run = began(*range(5000, 3999, -100), started=5001)
    # its process was recorded by another time of its creation: by its ticks it is this one still
    seen = view(run)
    assert seen.status == "running" and seen.stalled is not None
    told = seen.dump()["stalled"]
    assert told["since"] == seen.stalled.since and "1 min 40 s" in told["en"] and "1 分 40 秒" in told["zh"]
    assert "log" in told["en"] and "日志" in told["zh"]
    run.write_result("stopped")
    assert view(run).dump()["stalled"] is None
