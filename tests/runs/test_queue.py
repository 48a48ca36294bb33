"""Runs wait as directories, in order, without a process; whatever is killed, each runs once or is cancelled."""

from __future__ import annotations

import json
import os
import shutil
import signal
import subprocess
import sys
import time
from contextlib import suppress
from pathlib import Path

import pytest
from fastapi import FastAPI
from fastapi.testclient import TestClient
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from studio.core import recipe as recipes
from studio.core.errors import InputError, UnavailableError
from studio.core.locks import grab
from studio.core.recipe_faults import REQUIRED
from studio.core.workspace import Workspace
from studio.runs import container, control, launch, queue, slots
from studio.runs.directory import Run
from studio.runs.recipes import check_whole
from studio.runs.slots import Slot
from studio.runs.view import view
from studio.ui.context import Context
from studio.ui.parts import PARTS
from studio.ui.routes import router
from tests.runs.helpers import wait
from tests.runs.queue_kinds import names, order, schedulers


def submit(workspace: Workspace, name: str, seconds: float = 0.0) -> Run:
    text = f"kind: heavy\nname: {name}\nseconds: {seconds}\n"
    return launch.start(workspace, check_whole(workspace, recipes.read(text, "r.yaml")).recipe)


def test_one_at_a_time_in_order_and_moved_and_cancelled(heavy: Workspace) -> None:
    first = submit(heavy, "first", 30)
    wait(lambda: order(heavy))
    others = {name: submit(heavy, name) for name in ("a", "b", "c", "d")}
    assert names(heavy) == ["a", "b", "c", "d"]
    assert all(run.process() is None and run.status() == "queued" for run in others.values())
    assert view(others["b"]).stage.en == "Waiting for a free device, number 2 in line"
    queue.move(heavy, others["d"], 1)
    queue.move(heavy, others["a"], 3)
    assert names(heavy) == ["d", "b", "a", "c"]
    queue.move(heavy, others["d"], 99)
    queue.cancel(heavy, others["c"])
    assert (names(heavy), others["c"].status()) == (["b", "a", "d"], "stopped")
    with pytest.raises(InputError, match="does not wait"):
        queue.cancel(heavy, first)
    with pytest.raises(InputError, match="does not wait"):
        queue.move(heavy, first, 1)
    control.ask(first)
    wait(lambda: all(others[name].status() == "finished" for name in "bad"), 60)
    assert order(heavy) == ["first", "b", "a", "d"]
    wait(lambda: not schedulers(heavy), 20)
    launch.resume(heavy, others["c"])
    wait(lambda: others["c"].status() == "finished", 30)
    assert (others["c"].path / "device").read_text() == "cpu"


def test_two_workspaces_share_the_machines_device(heavy: Workspace, tmp_path: Path) -> None:
    file = grab(slots._folder() / "cpu.lock")
    assert file is not None
    waiting = submit(heavy, "waiting")
    time.sleep(2.5)
    assert waiting.status() == "queued" and len(schedulers(heavy)) == 1
    os.close(file)
    wait(lambda: waiting.status() == "finished", 30)


def test_a_scheduler_that_is_killed_is_followed_by_another(heavy: Workspace) -> None:
    first = submit(heavy, "first", 30)
    wait(lambda: order(heavy))
    second = submit(heavy, "second")
    wait(lambda: bool(schedulers(heavy)), 20)
    for process in schedulers(heavy):
        process.kill()
    control.force(heavy, first)
    third = submit(heavy, "third")
    wait(lambda: third.status() == "finished", 30)
    assert (order(heavy), second.status()) == (["first", "second", "third"], "finished")


def test_a_container_that_ends_starts_nothing_more(heavy: Workspace) -> None:
    first = submit(heavy, "first", 30)
    wait(lambda: order(heavy))
    second = submit(heavy, "second")
    wait(lambda: bool(schedulers(heavy)), 20)
    container.save_all(heavy)
    assert (first.status(), second.status(), order(heavy)) == ("stopped", "queued", ["first"])
    queue.advance(heavy, launch.begin)  # as the page does when it is there again
    wait(lambda: second.status() == "finished", 30)


def test_the_page_moves_and_cancels(heavy: Workspace) -> None:
    file = grab(slots._folder() / "cpu.lock")
    assert file is not None
    runs = [submit(heavy, name) for name in ("a", "b", "c")]
    client = TestClient(FastAPI(routes=router(heavy).routes))

    def press(run: Run, action: str) -> int:
        return client.post(f"/studio/run/{run.id}/{action}", headers={"x-studio": "1"}).status_code

    assert press(runs[2], "sooner") == 200 and names(heavy) == ["a", "c", "b"]
    assert press(runs[0], "later") == 200 and names(heavy) == ["c", "a", "b"]
    assert press(runs[0], "cancel") == 200 and names(heavy) == ["c", "b"]
    assert press(runs[0], "later") == 400
    context = Context(heavy, "zh")
    shown = PARTS.load("panel").render(context, {"run": runs[1].id, "fixed": "1"})
    assert "等待空闲设备，排在第 2 位" in str(shown["progress"])
    assert [word in str(shown["title"]) for word in ("提前", "推后", "取消排队")] == [True, False, True]
    before = PARTS.load("panel").version(context, {"run": runs[1].id})
    queue.move(heavy, runs[1], 1)
    assert PARTS.load("panel").version(context, {"run": runs[1].id}) != before
    for run in runs[1:]:
        queue.cancel(heavy, run)
    os.close(file)


def test_a_copied_workspace_does_not_run_its_queue_again(heavy: Workspace, tmp_path: Path) -> None:
    file = grab(slots._folder() / "cpu.lock")
    assert file is not None
    run = submit(heavy, "one")
    copy = Workspace(tmp_path / "copy")
    shutil.copytree(heavy.root, copy.root)
    for process in schedulers(heavy):
        process.kill()
    os.close(file)
    queue.advance(copy, launch.begin)
    copied = Run(copy.runs / run.id)
    assert (copied.status(), order(copy), queue.waiting(copy)) == ("queued", [], [])
    assert "resume it to run it here" in view(copied).stage.en
    launch.resume(copy, copied)
    wait(lambda: copied.status() == "finished", 30)
    assert run.status() == "queued"


def test_a_damaged_ticket_is_named(heavy: Workspace) -> None:
    file = grab(slots._folder() / "cpu.lock")
    assert file is not None
    run = submit(heavy, "one")
    (run.path / "ticket.json").write_text("{")
    os.close(file)
    assert "cannot be read" in view(run).stage.en and queue.waiting(heavy) == []
    launch.resume(heavy, run)
    wait(lambda: run.status() == "finished", 30)


def test_a_run_whose_launcher_fails_holds_up_no_other(heavy: Workspace, monkeypatch: pytest.MonkeyPatch) -> None:
    file = grab(slots._folder() / "cpu.lock")
    assert file is not None
    monkeypatch.setattr(queue, "_start_scheduler", lambda workspace: None)
    bad, good = submit(heavy, "bad"), submit(heavy, "good")
    os.close(file)

    def launching(workspace: Workspace, run: Run, slot: Slot) -> None:
        if run.name == "bad":
            raise ZeroDivisionError("a stranger's launcher")
        launch.launch(workspace, run, slot)

    queue.start_next(heavy, launching)
    assert bad.status() == "failed" and "ZeroDivisionError" in str(view(bad).error)
    wait(lambda: good.status() == "finished", 30)


def test_what_a_pipeline_waits_behind_does_not_end_with_it(heavy: Workspace) -> None:
    first = submit(heavy, "first", 30)
    wait(lambda: order(heavy))
    step = heavy.recipes / "step.yaml"
    step.write_text("kind: heavy\nname: step\nseconds: 30\n")
    text = "kind: pipeline\nname: p\nsteps:\n- recipe: recipes/step.yaml\n"
    pipeline = launch.start(heavy, check_whole(heavy, recipes.read(text, "r.yaml")).recipe)
    wait(lambda: names(heavy) == ["step"], 20)
    ahead = submit(heavy, "ahead", 30)
    queue.move(heavy, ahead, 1)
    control.ask(first)
    wait(lambda: ahead.status() == "running", 30)
    control.force(heavy, pipeline)
    time.sleep(0.5)
    assert (pipeline.status(), ahead.status(), names(heavy)) == ("stopped", "running", [])
    control.ask(ahead)
    wait(lambda: not ahead.active(), 20)


def test_a_machine_that_starts_nothing_fails_a_run_and_the_next_goes_on(
    heavy: Workspace, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = grab(slots._folder() / "cpu.lock")
    assert file is not None
    monkeypatch.setattr(queue, "_start_scheduler", lambda workspace: None)
    runs = [submit(heavy, name) for name in ("one", "two")]
    os.close(file)
    started: list[str] = []

    def broken(workspace: Workspace, run: Run, slot: Slot) -> None:
        started.append(run.name)
        run.write_result("failed", metrics={}, outputs={}, error=None)
        raise UnavailableError(REQUIRED)

    queue.start_next(heavy, broken)
    assert started == ["one", "two"] and [run.status() for run in runs] == ["failed", "failed"]


ACTIONS = st.lists(
    st.sampled_from(
        ["submit", "submit", "submit", "move", "cancel", "kill scheduler", "kill worker", "kill page", "pause"]
    ),
    min_size=4,
    max_size=9,
)


@settings(
    max_examples=6,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow, HealthCheck.data_too_large],
    derandomize=True,
)
@given(actions=ACTIONS, seed=st.integers(0, 99))
def test_whatever_happens_each_runs_once_or_is_cancelled_in_order(
    heavy: Workspace, actions: list[str], seed: int
) -> None:
    shutil.rmtree(heavy.runs)
    heavy.prepare()
    (heavy.root / "order.txt").unlink(missing_ok=True)
    runs: dict[str, Run] = {}
    killed: set[str] = set()
    moved = False
    for number, action in enumerate(actions):
        waits = queue.waiting(heavy)
        if action == "submit":
            name = f"run{number}"
            runs[name] = submit(heavy, name, 0.2)
        elif action == "move" and waits:
            with suppress(InputError):  # it may just have begun
                queue.move(heavy, waits[seed % len(waits)], 1 + seed % 3)
                moved = True
        elif action == "cancel" and waits:
            with suppress(InputError):
                queue.cancel(heavy, waits[seed % len(waits)])
        elif action == "kill scheduler":
            for process in schedulers(heavy):
                process.kill()
        elif action == "kill worker":
            for name, run in runs.items():
                worker = run.process()
                if worker is not None and worker.alive():
                    with suppress(ProcessLookupError):
                        os.kill(worker.pid, signal.SIGKILL)
                    killed.add(name)
        elif action == "kill page":  # or whoever else is just looking after the queue
            looking = subprocess.Popen([sys.executable, "-m", "studio", "queue"], stdout=subprocess.DEVNULL)
            time.sleep(0.2 + seed % 7 / 10)
            looking.kill()
            looking.wait()
        else:
            time.sleep(0.3)
    if queue.waiting(heavy):  # whoever looks next: another start, the page, `studio queue`
        queue.advance(heavy, launch.begin)
    wait(lambda: not any(run.active() for run in runs.values()), 90)
    ran = order(heavy)
    assert len(ran) == len(set(ran)), "none twice"
    for name, run in runs.items():
        assert run.status() in ("finished", "stopped", "crashed"), (name, run.status(), run.log_file)
        assert run.status() != "crashed" or name in killed
        assert run.status() != "finished" or name in ran
    if not moved:
        assert ran == sorted(ran, key=lambda name: int(name[3:])), "in order"


def test_the_command_line_lists_moves_and_cancels(heavy: Workspace) -> None:
    def studio(*arguments: str) -> subprocess.CompletedProcess[str]:
        command = [sys.executable, "-m", "studio", *arguments]
        return subprocess.run(command, capture_output=True, text=True, timeout=60, check=False)

    assert studio("queue").stdout == "nothing waits\n"
    submit(heavy, "first", 60)
    for name in ("a", "b"):
        submit(heavy, name)
    assert [item["name"] for item in json.loads(studio("queue", "--json").stdout)] == ["a", "b"]
    assert studio("queue", "move", "b", "1").stdout.endswith("number 1\n")
    listed = studio("queue").stdout.splitlines()
    assert [line.split("-", 3)[-1] for line in listed] == [
        "b  Waiting for a free device, number 1 in line",
        "a  Waiting for a free device, number 2 in line",
    ]
    assert studio("queue", "cancel", "a").returncode == 0
    refused = studio("queue", "cancel", "a")
    assert refused.returncode == 2 and "does not wait (stopped)" in refused.stderr
