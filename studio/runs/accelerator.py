"""One accelerator, one heavy run at a time: a lock that the kernel frees when its holder dies."""

from __future__ import annotations

import fcntl
import time
from collections.abc import Iterator
from contextlib import contextmanager

from studio.core.text import Text
from studio.runs.job import Job


@contextmanager
def accelerator(job: Job, poll_s: float = 0.5) -> Iterator[None]:
    """Hold the workspace's accelerator for the length of the block; waits its turn, and can be stopped meanwhile."""
    with (job.workspace.runs / ".accelerator").open("a+") as lock:
        waiting = False
        while True:
            try:
                fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
                break
            except BlockingIOError:
                if not waiting:
                    job.stage("waiting", Text("Waiting for the run before this one", "等待前一个运行结束"))
                    waiting = True
                job.check_stop()
                time.sleep(poll_s)
        yield
