"""The end of a container: when the page's process ends as its first one, every run in it is about to be killed."""

from __future__ import annotations

import os
import signal
from collections.abc import Iterator
from contextlib import contextmanager

import psutil

from studio.core.text import Text
from studio.core.workspace import Workspace
from studio.runs import control, queue

# What containers run as their first process for the sake of another one; `make studio` is one too.
_INITS = frozenset({"tini", "dumb-init", "docker-init", "catatonit", "podman-init", "make"})


@contextmanager
def saved_at_its_end(workspace: Workspace) -> Iterator[None]:
    """Serve in this block: however it ends, by SIGTERM, Ctrl-C or a fault, the runs of a container save their work."""
    if not is_main():
        yield
        return
    # The server ends by SIGTERM, and raises it once more for whoever was there before: that must not end this process.
    signal.signal(signal.SIGTERM, lambda number, frame: None)
    try:
        yield
    finally:
        save_all(workspace)


def is_main(pid: int | None = None) -> bool:
    """Tell whether a process (this one by default) is what a container runs: its end is the container's.

    Elsewhere whoever ends the page ends the page alone, and the runs go on.
    """
    pid = pid or os.getpid()
    if pid == 1:
        return True
    try:
        process, init = psutil.Process(pid), psutil.Process(1)
        if process.ppid() != 1 or init.name() not in _INITS:
            return False
        # Orphans become its children too, but they are younger than what it was started for.
        return process == min(init.children(), key=lambda child: (child.create_time(), child.pid))
    except psutil.Error:
        return False


def save_all(workspace: Workspace) -> None:
    """Give every run at work the time to save: tell it to leave, and wait until it has."""
    with queue.closed(workspace):
        _save_all(workspace)


def _save_all(workspace: Workspace) -> None:
    runs = list(control.active(workspace))
    if not runs:
        return
    said = Text(f"waiting until runs have saved their work: {len(runs)}", f"等待 {len(runs)} 个运行保存进度")
    print(f"{said.zh} / {said.en}", flush=True)
    for run in runs:
        control.terminate(run)
    control.wait(runs)
