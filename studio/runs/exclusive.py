"""What only one may have at a time: a run's directory, and the workspace's accelerator."""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from studio.core.locks import attempting
from studio.core.text import Text
from studio.runs.job import Job

_POLL_S = 0.02


@contextmanager
def hold(directory: Path, wait_s: float = 5.0) -> Iterator[bool]:
    """Hold a run's directory for the length of the block; yields False where another holds it for longer than `wait_s`.

    The wait is for one who only looks, or is about to end.
    """
    with attempting(directory / ".lock") as take:
        deadline = time.monotonic() + wait_s
        while not (held := take()) and time.monotonic() < deadline:
            time.sleep(_POLL_S)
        yield held


@contextmanager
def accelerator(job: Job, poll_s: float = 0.5) -> Iterator[None]:
    """Hold the workspace's accelerator for the length of the block; waits its turn, and can be stopped meanwhile."""
    with attempting(job.workspace.runs / ".accelerator") as take:
        if not take():
            job.stage("waiting", Text("Waiting for the run before this one", "等待前一个运行结束"))
            while not take():
                job.check_stop()
                time.sleep(poll_s)
        yield
