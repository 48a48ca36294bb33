from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import threading
import time
from dataclasses import replace
from pathlib import Path

import pytest

from studio.runs.process import Process, end_now


def recorded(pid: int) -> Process:
    return Process.of(pid)


def test_a_process_is_known_by_its_creation_time_too(tmp_path: Path) -> None:
    me = Process.current()
    me.save(tmp_path / "process.json")
    assert Process.load(tmp_path / "process.json") == me
    assert me.alive()
    other = replace(me, created=me.created - 60, ticks=None)
    assert not other.alive(), "the number was another process's once"
    assert other.family() == []


def test_setting_the_clock_ends_no_process(tmp_path: Path) -> None:
    me = Process.current()
    replace(me, created=me.created - 3600).save(tmp_path / "process.json")
    before_the_step = Process.load(tmp_path / "process.json")
    assert before_the_step is not None and before_the_step.alive()
    assert me.ticks is not None
    assert not replace(me, ticks=me.ticks - 1).alive()


def test_a_copied_record_names_no_process_here(tmp_path: Path) -> None:
    here, copy = tmp_path / "a" / "process.json", tmp_path / "b" / "process.json"
    for path in (here, copy):
        path.parent.mkdir()
    Process.current().save(here)
    shutil.copy(here, copy)
    copied = Process.load(copy)
    assert copied is not None and not copied.alive() and copied.family() == []
    here.write_text(json.dumps({**json.loads(here.read_text()), "machine": "another, or this before its last start"}))
    moved = Process.load(here)
    assert moved is not None and not moved.alive() and moved.family() == []


def test_a_folder_reached_by_another_name_is_the_same(tmp_path: Path) -> None:
    (tmp_path / "a").mkdir()
    (tmp_path / "link").symlink_to(tmp_path / "a")
    Process.current().save(tmp_path / "a" / "process.json")
    linked = Process.load(tmp_path / "link" / "process.json")
    assert linked is not None and linked.alive()


@pytest.mark.parametrize("text", ["{}", '{"pid": "7", "created": 1}', '{"pid": 7}', '{"pid": -5, "created": 1.0}'])
def test_a_record_that_says_nothing_is_no_process(tmp_path: Path, text: str) -> None:
    path = tmp_path / "process.json"
    path.write_text(text, encoding="utf-8")
    assert Process.load(path) is None
    assert Process.load(tmp_path / "missing.json") is None


def test_a_zombie_is_not_alive() -> None:
    child = subprocess.Popen([sys.executable, "-c", ""])
    process = recorded(child.pid)
    os.waitid(os.P_PID, child.pid, os.WEXITED | os.WNOWAIT)
    assert not process.alive()
    child.wait()
    assert not process.alive()


def test_looking_at_a_family_that_ends_meanwhile_is_no_error() -> None:
    for _ in range(60):
        child = subprocess.Popen(["sleep", "0.01"])
        process = recorded(child.pid)
        reaper = threading.Thread(target=child.wait)  # so that it goes at once, between two looks
        reaper.start()
        while reaper.is_alive():
            assert len(process.family()) <= 1
        reaper.join()
        assert process.family() == []


def test_a_family_is_ended_with_its_children() -> None:
    script = "import subprocess, sys; subprocess.Popen([sys.executable, '-c', 'import time; time.sleep(60)']).wait()"
    child = subprocess.Popen([sys.executable, "-c", script])
    process = recorded(child.pid)
    deadline = time.monotonic() + 20
    while len(family := process.family()) < 2:
        assert time.monotonic() < deadline, "the child never came"
        time.sleep(0.02)
    end_now(family)
    child.wait()
    assert not any(member.is_running() for member in family)
    end_now(family)
