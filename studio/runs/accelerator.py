"""One accelerator, one heavy run at a time."""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import contextmanager

from studio.core.locks import attempting
from studio.core.text import Text
from studio.runs.job import Job


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
