"""What tests of runs at work share."""

from __future__ import annotations

import os
import signal
import time
from collections.abc import Callable

from studio.runs import control
from studio.runs.directory import Run
from studio.runs.events import read_events


def wait(until: Callable[[], object], seconds: float = 30) -> None:
    deadline = time.monotonic() + seconds
    while not until():
        assert time.monotonic() < deadline, "waited too long"
        time.sleep(0.05)


def working(run: Run) -> bool:
    """Tell whether a run's worker is up and has come some way."""
    process = run.process()
    return (
        process is not None
        and process.alive()
        and any(
            event["type"] == "progress" and event["done"] > 0 and event["time"] > process.created
            for event in read_events(run.events_file)[0]
        )
    )


def kill_9(run: Run) -> None:
    """End a run's worker, and nothing else, as a machine short of memory does."""
    process = run.process()
    assert process is not None
    os.kill(process.pid, signal.SIGKILL)
    wait(lambda: not process.alive())


def stop(run: Run, seconds: float = 30) -> None:
    """Ask a run to stop and wait until it has."""
    assert control.wait([control.ask(run)], seconds), "it did not stop"
