"""The end of a container: when the page's process ends as its first one, every run in it is about to be killed."""

from __future__ import annotations

import os

import psutil

from studio.core.text import Text
from studio.core.workspace import Workspace
from studio.runs import control

# What containers run as their first process for the sake of another one; `make studio` is one too.
_INITS = frozenset({"tini", "dumb-init", "docker-init", "catatonit", "podman-init", "make"})


def is_main(pid: int | None = None) -> bool:
    """Tell whether a process (this one by default) is what a container runs: its end is the container's.

    Elsewhere whoever ends the page ends the page alone, and the runs go on.
    """
    pid = pid or os.getpid()
    if pid == 1:
        return True
    try:
        return psutil.Process(pid).ppid() == 1 and psutil.Process(1).name() in _INITS
    except psutil.Error:
        return False


def save_all(workspace: Workspace) -> None:
    """Give every run at work the time to save: tell it to leave, and wait until it has."""
    runs = list(control.active(workspace))
    if not runs:
        return
    said = Text(f"waiting for {len(runs)} runs to save their work", f"等待 {len(runs)} 个运行保存进度")
    print(f"{said.zh} / {said.en}", flush=True)
    for run in runs:
        control.terminate(run)
    control.wait(runs)
