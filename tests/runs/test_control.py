"""Asking, leaving and force: three ways to an end, each with a true status and a true word on what it costs."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import psutil
import pytest

from studio.core import recipe as recipes
from studio.core.errors import InputError
from studio.core.workspace import REPOSITORY, Workspace
from studio.data.recipe import DatasetRecipe
from studio.runs import control, launch
from studio.runs.events import EventLog
from studio.runs.process import Process
from studio.runs.recipes import check_whole
from studio.runs.store import RunStore
from studio.runs.view import lost, progress_of, view
from tests.runs.helpers import wait, working


def cli(workspace: Workspace, *arguments: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "studio", "--workspace", str(workspace.root), *arguments]
    return subprocess.run(command, capture_output=True, text=True, timeout=60, check=False, cwd=REPOSITORY)


def test_asking_returns_at_once_and_says_what_is_under_way(workspace: Workspace, slow: DatasetRecipe) -> None:
    run = launch.start(workspace, slow)
    wait(lambda: working(run))
    process = run.process()
    assert process is not None
    os.kill(process.pid, signal.SIGSTOP)  # a step that takes longer than anybody would wait
    began = time.monotonic()
    control.ask(run)
    assert time.monotonic() - began < 1
    seen = view(run)
    assert (seen.status, seen.stopping) == ("running", True)
    assert seen.dump()["stage"]["name"] == "stopping"
    assert "still under way: Reading many.jsonl" in seen.stage.en
    assert "正在停止" in seen.stage.zh
    assert not control.wait([run], 1), "nobody ends it by force"
    os.kill(process.pid, signal.SIGCONT)
    assert control.wait([run], 30)
    assert run.status() == "stopped"


def test_what_has_ended_or_goes_on_again_is_not_stopping(workspace: Workspace, slow: DatasetRecipe) -> None:
    """A training and a pipeline say that they are stopping as their last stage."""
    run = RunStore(workspace).create(slow, {})
    events = EventLog(run.events_file)
    events.append("stage", name="read", text={"en": "Reading", "zh": "读取"})
    events.append("stage", name="stopping", text={"en": "Stopping", "zh": "正在停止"})
    run.write_result("stopped", outputs={}, metrics={}, error=None)
    seen = view(run)
    assert (seen.status, seen.stopping, seen.stage_name) == ("stopped", False, "read")
    run.result_file.unlink()
    assert not view(run).stopping, "resumed"


def test_a_worker_that_is_terminated_stops_however_early(workspace: Workspace, slow: DatasetRecipe) -> None:
    """SIGTERM at any moment, while Python starts too, is a stop: the launcher holds it back until it can be heeded."""
    for delay_s in (0.0, 0.05, 0.3, 1.0):
        run = launch.start(workspace, slow.model_copy(update={"name": f"early-{delay_s}"}))
        time.sleep(delay_s)
        process = run.process()
        assert process is not None
        os.kill(process.pid, signal.SIGTERM)
        assert control.wait([run], 30)
        assert run.status() == "stopped", run.log_file.read_text()
        assert run.stop_asked()
        assert not (run.path / "dataset").exists()


def test_force_ends_a_run_at_once_and_says_what_is_lost(workspace: Workspace, slow: DatasetRecipe) -> None:
    run = launch.start(workspace, slow)
    wait(lambda: working(run))
    process = run.process()
    assert process is not None
    os.kill(process.pid, signal.SIGSTOP)  # it cannot hear anybody
    done = cli(workspace, "stop", run.id, "--force")
    assert done.returncode == 0, done.stderr
    assert "a resumed run begins anew" in done.stdout
    assert f"{run.id}: stopped" in done.stdout
    assert run.status() == "stopped"
    assert not process.alive()
    [notice] = [text.en for text in view(run).notices]
    assert notice.startswith("Ended by force; all that was done is lost (rows: ")
    with pytest.raises(InputError, match="not running"):
        control.force(workspace, run)


def test_force_on_a_pipeline_ends_its_step_too(workspace: Workspace, slow: DatasetRecipe, tmp_path: Path) -> None:
    (workspace.recipes / "slow.yaml").write_text(slow.dump())
    document = recipes.read("kind: pipeline\nname: p\nsteps: [{recipe: recipes/slow.yaml}]\n", "p")
    store, run = RunStore(workspace), launch.start(workspace, check_whole(workspace, document).recipe)
    wait(lambda: bool(store.all("dataset")) and working(store.all("dataset")[0]))
    [step] = store.all("dataset")
    words = control.force(workspace, run)
    assert "begins anew" in words.en
    assert (run.status(), step.status()) == ("stopped", "stopped")
    assert [text.en for text in view(step).notices] == [f"Ended by force; {words.en}"]


def test_force_sees_the_step_that_a_pipeline_begins_meanwhile(
    workspace: Workspace, slow: DatasetRecipe, monkeypatch: pytest.MonkeyPatch
) -> None:
    (workspace.recipes / "slow.yaml").write_text(slow.dump())
    document = recipes.read("kind: pipeline\nname: p\nsteps: [{recipe: recipes/slow.yaml}]\n", "p")
    store, run = RunStore(workspace), launch.start(workspace, check_whole(workspace, document).recipe)
    freeze = control.freeze

    def late(process: Process) -> list[psutil.Process]:
        if process == run.process():
            run.stop_file.unlink()  # as if it had looked for it just before
            wait(lambda: bool(store.all("dataset")) and working(store.all("dataset")[0]))
        return freeze(process)

    monkeypatch.setattr(control, "freeze", late)
    assert "begins anew" in control.force(workspace, run).en
    assert (run.status(), store.all("dataset")[0].status()) == ("stopped", "stopped")


def test_force_says_so_where_the_run_had_just_ended(
    workspace: Workspace, slow: DatasetRecipe, monkeypatch: pytest.MonkeyPatch
) -> None:
    run = launch.start(workspace, slow)
    wait(lambda: working(run))
    freeze = control.freeze

    def late(process: Process) -> list[psutil.Process]:
        run.write_result("finished", outputs={}, metrics={}, error=None)
        return freeze(process)

    monkeypatch.setattr(control, "freeze", late)
    assert control.force(workspace, run).en == "it had just ended by itself, and nothing is lost"
    assert (run.status(), view(run).notices) == ("finished", ())


def test_a_run_that_no_process_has_begun_is_stopped_by_a_word(workspace: Workspace, quick: DatasetRecipe) -> None:
    run = RunStore(workspace).create(quick, {})
    assert run.status() == "queued"
    control.ask(run)
    assert run.status() == "stopped"


def test_what_force_loses_is_what_was_not_saved(workspace: Workspace, quick: DatasetRecipe) -> None:
    run = RunStore(workspace).create(quick, {})
    events = EventLog(run.events_file)

    def told() -> str:
        return lost(view(run)).en

    assert told() == "nothing is lost: nothing has been finished yet"
    events.progress(3, 10, "steps")
    assert told() == "all that was done is lost (steps: 3); a resumed run begins anew"
    events.progress(4, 10, "steps", saved=4)
    assert told() == "nothing that was finished is lost"
    events.progress(9, 10, "steps")
    assert told() == "steps lost: 5; a resumed run goes on after 4 of 10"
    events.progress(2, 7, "rows")
    assert "(rows: 2)" in told(), "what an earlier stage saved says nothing of this one"


def test_progress_without_a_word_on_what_is_saved_keeps_the_last_one() -> None:
    events = [
        {"time": 1.0, "type": "progress", "done": 5, "total": 9, "unit": "steps", "saved": 5},
        {"time": 2.0, "type": "progress", "done": 6, "total": 9, "unit": "steps"},
    ]
    assert progress_of(events, running=True).saved == 5


def test_stop_waits_only_where_it_is_told_to(workspace: Workspace, slow: DatasetRecipe) -> None:
    run = launch.start(workspace, slow)
    wait(lambda: working(run))
    done = cli(workspace, "stop", run.id, "--wait")
    assert (done.returncode, done.stdout.strip()) == (0, f"{run.id}: stopped")
    again = cli(workspace, "stop", run.id)
    assert (again.returncode, "not running (stopped)" in again.stderr) == (2, True)
