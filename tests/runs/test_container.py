"""What a container's main process is, and its end: the runs get the time to save their work."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from studio.core.workspace import REPOSITORY, Workspace
from studio.data.recipe import DatasetRecipe
from studio.runs import container
from studio.runs.store import RunStore
from tests.runs.helpers import wait


def test_only_what_a_container_runs_speaks_for_the_container() -> None:
    assert container.is_main(1)
    assert not container.is_main(), "a test run's parent is a shell or a make of somebody's"


def test_behind_an_init_the_process_it_was_started_for_is_the_main_one(tmp_path: Path) -> None:
    """An orphan, started later by somebody in the container, becomes a child of the init too, but does not end it."""
    init = tmp_path / "tini"
    shutil.copy("/bin/sh", init)
    tell = f"{sys.executable} -c 'from studio.runs.container import is_main; print(is_main())'"
    script = f"{tell} & wait; sleep 60 & {tell} & wait $!"
    inside = ["unshare", "--pid", "--fork", "--mount-proc", "--kill-child", str(init), "-c", script]
    done = subprocess.run(inside, cwd=REPOSITORY, capture_output=True, text=True, check=True, timeout=60)
    assert done.stdout.split() == ["True", "False"]


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_the_end_of_a_container_gives_its_runs_the_time_to_save(
    workspace: Workspace, slow: DatasetRecipe, number: signal.Signals
) -> None:
    """In a process namespace of its own, where the end of the first process kills all others. Needs to be root."""
    recipe = workspace.recipes / "slow.yaml"
    recipe.write_text(slow.dump(), encoding="utf-8")
    inside = ["unshare", "--pid", "--fork", "--mount-proc", "--kill-child"]
    page = subprocess.Popen(
        [*inside, sys.executable, "app.py", "--port", "0", "--workspace", str(workspace.root)],
        cwd=REPOSITORY,
        stdout=subprocess.PIPE,
        text=True,
    )
    try:
        assert page.stdout is not None
        assert "http" in page.stdout.readline()
        [main] = [int(pid) for pid in Path(f"/proc/{page.pid}/task/{page.pid}/children").read_text().split()]
        enter = ["nsenter", f"--target={main}", "--pid", "--mount", f"--wd={REPOSITORY}"]
        begun = subprocess.run(
            [
                *enter,
                sys.executable,
                "-m",
                "studio",
                "--workspace",
                str(workspace.root),
                "run",
                str(recipe),
                "--detach",
            ],
            cwd=REPOSITORY,
            capture_output=True,
            text=True,
            check=True,
        )
        run = RunStore(workspace).find(begun.stdout.split()[1])
        wait(lambda: '"rows"' in run.events_file.read_text() if run.events_file.exists() else False)
        os.kill(main, number)
        page.wait(60)
        result = run.result()
        assert result is not None and result["status"] == "stopped"
    finally:
        page.kill()
        page.wait()
        if page.stdout is not None:
            page.stdout.close()
