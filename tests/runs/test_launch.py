from __future__ import annotations

import errno
import json
import os
import shutil
import subprocess
import sys
import threading
from contextlib import suppress
from pathlib import Path

import pytest

from studio.core.errors import InputError, RecipeError, UnavailableError
from studio.core.workspace import REPOSITORY, Workspace
from studio.data.recipe import DatasetRecipe
from studio.runs import launch
from studio.runs.directory import Run
from studio.runs.exclusive import hold
from studio.runs.removal import remove
from studio.runs.store import RunStore
from studio.runs.view import view
from tests.runs.helpers import kill_9, stop, wait, working


def test_a_run_is_a_directory_that_says_everything(workspace: Workspace, quick: DatasetRecipe) -> None:
    run = launch.start(workspace, quick)
    wait(lambda: not run.active())
    assert run.status() == "finished"
    inputs = run.inputs()
    pinned = inputs["references"]["sources.0.file"]
    assert (pinned["rows"], len(pinned["sha256"])) == (2, 64)
    assert inputs["packages"]["python"] == sys.version.split()[0]
    assert run.recipe_values()["val"] == 0.05, "every default is written out"
    assert not (run.path / ".reserve").exists()
    shown = view(run).dump()
    assert {"id", "kind", "name", "status", "created", "progress", "metrics", "outputs", "error"} <= shown.keys()
    assert shown["metrics"]["rows"] == 2
    json.dumps(shown)


def test_a_worker_outlives_whoever_started_it(workspace: Workspace, slow: DatasetRecipe, tmp_path: Path) -> None:
    recipe = tmp_path / "slow.yaml"
    recipe.write_text(slow.dump(), encoding="utf-8")
    shell = subprocess.Popen(
        [sys.executable, "-m", "studio", "--workspace", str(workspace.root), "run", str(recipe)],
        stdout=subprocess.PIPE,
        text=True,
    )
    assert shell.stdout is not None
    first = shell.stdout.readline()
    assert first.startswith("run: ")
    run = RunStore(workspace).find(first.removeprefix("run: ").strip())
    wait(lambda: working(run))
    shell.kill()
    shell.wait()
    shell.stdout.close()
    assert run.status() == "running"
    process = run.process()
    assert process is not None
    assert os.getsid(process.pid) == process.pid, "a session of its own"
    stop(run)
    assert run.status() == "stopped"


def test_a_worker_killed_with_9_has_crashed_and_can_be_resumed(workspace: Workspace, slow: DatasetRecipe) -> None:
    run = launch.start(workspace, slow)
    wait(lambda: working(run))
    kill_9(run)
    assert run.status() == "crashed"
    error = view(run).error
    assert error is not None and "resume" in error["hint"]
    assert not (run.path / "dataset").exists(), "nothing half-written"
    launch.resume(workspace, run)
    wait(lambda: not run.active(), 60)
    assert run.status() == "finished"


def test_a_process_number_that_was_given_again_is_not_the_worker(workspace: Workspace, quick: DatasetRecipe) -> None:
    run = RunStore(workspace).create(quick, {})
    run.process_file.write_text(json.dumps({"pid": os.getpid(), "created": 1.0}))
    assert run.status() == "crashed"


def test_stopping_says_so_and_only_what_runs_can_be_stopped(workspace: Workspace, slow: DatasetRecipe) -> None:
    run = launch.start(workspace, slow)
    wait(lambda: working(run))
    stop(run)
    assert run.status() == "stopped"
    with pytest.raises(InputError, match="not running"):
        stop(run)
    with pytest.raises(InputError, match="only a stopped, failed or crashed"):
        launch.resume(workspace, _finished(workspace, slow))


def _finished(workspace: Workspace, recipe: DatasetRecipe) -> Run:
    run = RunStore(workspace).create(recipe, {})
    run.write_result("finished")
    return run


def test_a_running_run_cannot_be_removed(workspace: Workspace, slow: DatasetRecipe) -> None:
    run = launch.start(workspace, slow)
    with pytest.raises(InputError, match="is still "):
        remove(workspace, run)
    stop(run)
    remove(workspace, run)
    assert not run.path.exists()


def test_names_that_collide_get_a_number(workspace: Workspace, quick: DatasetRecipe) -> None:
    runs = [RunStore(workspace).create(quick, {}) for _ in range(3)]
    assert len({run.id for run in runs}) == 3
    assert {run.name for run in runs} == {"quick"}


def test_two_studios_on_one_workspace_start_at_once(workspace: Workspace, quick: DatasetRecipe, tmp_path: Path) -> None:
    recipe = tmp_path / "quick.yaml"
    recipe.write_text(quick.dump(), encoding="utf-8")
    command = [sys.executable, "-m", "studio", "--workspace", str(workspace.root), "run", str(recipe)]
    both = [subprocess.Popen(command, stdout=subprocess.PIPE, text=True) for _ in range(2)]
    lines = [process.communicate(timeout=60)[0].splitlines() for process in both]
    assert [process.returncode for process in both] == [0, 0]
    assert len({line[0] for line in lines}) == 2


def test_a_name_means_the_newest_finished_run(workspace: Workspace, quick: DatasetRecipe) -> None:
    store = RunStore(workspace)
    old, new, failed = (store.create(quick, {}) for _ in range(3))
    old.write_result("finished")
    new.write_result("finished")
    failed.write_result("failed")
    found = store.newest_finished("quick", "dataset")
    assert found is not None and found.id == new.id
    assert store.find("quick").id == failed.id
    with pytest.raises(InputError, match="the newest are"):
        store.find("../../etc")


def test_what_a_recipe_names_must_be_here(workspace: Workspace) -> None:
    recipe = DatasetRecipe(name="d", sources=[{"file": "nowhere.jsonl"}, {"file": "nor/here.csv"}])
    with pytest.raises(RecipeError) as caught:
        launch.start(workspace, recipe)
    assert [fault.where for fault in caught.value.faults] == ["sources.0.file", "sources.1.file"]
    assert RunStore(workspace).all() == []


@pytest.fixture
def small_disk(tmp_path: Path) -> Path:
    """A disk of 24 MB. Needs to be root, as the continuous integration is."""
    folder = tmp_path / "disk"
    folder.mkdir()
    subprocess.run(["mount", "-t", "tmpfs", "-o", "size=24m", "tmpfs", str(folder)], check=True)
    return folder


def test_a_full_disk_ends_in_a_true_status(small_disk: Path, slow: DatasetRecipe, quick: DatasetRecipe) -> None:
    try:
        workspace = Workspace(small_disk / "workspace").prepare()
        run = launch.start(workspace, slow)
        (small_disk / "ballast").write_bytes(b"0" * (shutil.disk_usage(small_disk).free - 2**20))
        wait(lambda: not run.active(), 90)
        assert run.status() == "failed"
        error = view(run).error
        assert error is not None
        assert "disk is full" in error["message"]
        assert not (run.path / "dataset").exists()
        assert run.recipe_values()["name"] == "slow", "the folder stays usable"
        with pytest.raises(UnavailableError, match="nearly full"):
            launch.start(workspace, quick)
    finally:
        subprocess.run(["umount", "--lazy", str(small_disk)], check=True)


def test_a_run_that_many_resume_at_once_gets_one_worker(
    workspace: Workspace, quick: DatasetRecipe, monkeypatch: pytest.MonkeyPatch
) -> None:
    run = RunStore(workspace).create(quick, {})
    started: list[str] = []
    monkeypatch.setattr(launch, "launch", lambda workspace, run: started.append(run.id))

    def resume() -> None:
        with suppress(InputError):
            launch.resume(workspace, run)

    for round_ in range(1, 31):
        run.write_result("stopped")
        threads = [threading.Thread(target=resume) for _ in range(4)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        assert len(started) == round_


def test_a_second_worker_leaves_the_first_alone(workspace: Workspace, quick: DatasetRecipe) -> None:
    run = RunStore(workspace).create(quick, {})
    run.process_file.write_text("{}")
    with hold(run.path):
        done = subprocess.run(
            [sys.executable, "-m", "studio.worker", str(run.path)],
            capture_output=True,
            text=True,
            timeout=60,
            check=False,
            cwd=REPOSITORY,
        )
    assert (done.returncode, done.stderr.strip()) == (2, "another worker is at this run")
    assert run.process_file.read_text() == "{}"
    assert run.result() is None


def test_a_resumed_server_does_not_answer_where_it_did(
    workspace: Workspace, quick: DatasetRecipe, monkeypatch: pytest.MonkeyPatch
) -> None:
    run = RunStore(workspace).create(quick, {})
    run.process_file.write_text(json.dumps({"pid": os.getpid(), "created": 1.0}))
    run.server_file.write_text("{}")
    monkeypatch.setattr(launch, "launch", lambda workspace, run: None)
    launch.resume(workspace, run)
    assert not run.server_file.exists()


def test_a_disk_that_takes_nothing_is_said_to_take_nothing(small_disk: Path, quick: DatasetRecipe) -> None:
    try:
        workspace = Workspace(small_disk / "workspace").prepare()
        subprocess.run(["mount", "-o", "remount,ro", str(small_disk)], check=True)
        with pytest.raises(UnavailableError, match="cannot be written"):
            launch.start(workspace, quick)
        for arguments in (["keys", "add", "k"], ["doctor", "--json"]):
            done = subprocess.run(
                [sys.executable, "-m", "studio", "--workspace", str(workspace.root), *arguments],
                capture_output=True,
                text=True,
                timeout=60,
                check=False,
                cwd=REPOSITORY,
            )
            assert "Traceback" not in done.stderr
            if arguments[0] == "doctor":
                assert json.loads(done.stdout)
            else:
                assert (done.returncode, "Read-only file system" in done.stderr) == (2, True)
        assert list(workspace.runs.iterdir()) == []
        missing = Workspace(small_disk / "another")
        done = subprocess.run(
            [sys.executable, "-m", "studio", "--workspace", str(missing.root), "doctor", "--json"],
            capture_output=True,
            text=True,
            timeout=60,
            check=True,
            cwd=REPOSITORY,
        )
        [disk] = [item for item in json.loads(done.stdout) if item["name"] == "disk"]
        assert not disk["good"] and "Read-only" in disk["found"]["en"] and disk["mend"]["zh"]
    finally:
        subprocess.run(["umount", "--lazy", str(small_disk)], check=True)


def test_a_run_waits_until_somebody_starts_it_and_has_crashed_if_that_process_is_gone(
    workspace: Workspace, quick: DatasetRecipe, monkeypatch: pytest.MonkeyPatch
) -> None:
    waiting = RunStore(workspace).create(quick, {})
    assert waiting.status() == "queued"
    monkeypatch.setattr(launch.sys, "executable", "/bin/false")
    run = launch.start(workspace, quick)
    wait(lambda: run.status() == "crashed")
    assert waiting.status() == "queued"


def test_a_linked_run_is_removed_and_its_folder_kept(
    workspace: Workspace, quick: DatasetRecipe, tmp_path: Path
) -> None:
    run = _finished(workspace, quick)
    elsewhere = run.path.rename(tmp_path / "elsewhere")
    run.path.symlink_to(elsewhere)
    remove(workspace, run)
    assert RunStore(workspace).all() == []
    assert (elsewhere / "recipe.yaml").exists()


def test_a_worker_writes_utf_8_whatever_the_terminal(
    workspace: Workspace, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "问答.jsonl"
    path.write_text('{"question": "q?", "answer": "a"}\n')
    for name, value in (("LC_ALL", "C"), ("PYTHONUTF8", "0"), ("PYTHONCOERCECLOCALE", "0")):
        monkeypatch.setenv(name, value)
    run = launch.start(workspace, DatasetRecipe(name="d", sources=[{"file": str(path)}]))
    wait(lambda: not run.active())
    assert run.status() == "finished", run.log_file.read_text()
    assert "问答.jsonl" in run.log_file.read_text(encoding="utf-8")


def test_a_run_whose_worker_cannot_start_has_failed(
    workspace: Workspace, quick: DatasetRecipe, monkeypatch: pytest.MonkeyPatch
) -> None:
    def none_left(*arguments: object, **options: object) -> None:
        raise OSError(errno.ENOMEM, "Cannot allocate memory")

    with monkeypatch.context() as patch:
        patch.setattr(subprocess, "Popen", none_left)
        with pytest.raises(UnavailableError, match="Cannot allocate memory"):
            launch.start(workspace, quick)
    [run] = RunStore(workspace).all()
    assert run.status() == "failed"
    launch.resume(workspace, run)
    wait(lambda: not run.active())
    assert run.status() == "finished"
