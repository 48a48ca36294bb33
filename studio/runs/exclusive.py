"""What only one may have at a time: a run's directory, and one of the machine's devices."""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from studio.core.locks import attempting
from studio.core.text import Text
from studio.runs import slots
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
    """Hold a device for the length of the block: the one that this process was handed, else one that is free.

    Waits its turn, and can be stopped meanwhile.
    """
    if slots.held():
        yield
        return
    said = False
    while True:
        with slots.take() as slot:
            if slot is not None:
                yield
                return
        if not said:
            said = True
            job.stage("waiting", Text("Waiting for a free device", "等待空闲设备"))
        job.check_stop()
        time.sleep(poll_s)
