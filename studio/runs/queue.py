"""Runs that wait: each a directory without a process, started in order when a device is free.

Whoever submits a run, and the scheduler program, go through the queue under one lock; who lets go of it while something
still waits sees to it that a scheduler is there. What waits is said by the run's ticket alone, whoever looks.
"""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading
import time
import traceback
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import replace
from pathlib import Path

from studio.core.errors import InputError, StudioError, UnavailableError
from studio.core.locks import attempting, locked
from studio.core.text import Text
from studio.core.workspace import REPOSITORY, Workspace
from studio.runs import slots
from studio.runs.directory import STATUSES, Run
from studio.runs.exclusive import hold
from studio.runs.process import Process
from studio.runs.slots import Slot
from studio.runs.store import RunStore
from studio.runs.ticket import Ticket

WORKER = "STUDIO_RUN"
"""In a worker's environment, and in that of all it starts: the id of its run."""

_POLL_S = 0.1

Launch = Callable[[Workspace, Run, Slot], None]


def waiting(workspace: Workspace) -> list[Run]:
    """Return the runs that wait here for a device, the next first."""
    queued = (run for run in RunStore(workspace).active() if run.process() is None)
    tickets = [(run, ticket) for run in queued if (ticket := Ticket.load(run.path)) and ticket.waits]
    here = [(run, ticket) for run, ticket in tickets if ticket.is_here(run.path)]
    return [run for run, _ in sorted(here, key=lambda item: (item[1].place, item[1].counter))]


def astray(run: Run) -> Text | None:
    """Return why a run that is queued will not be started here; None where it will, or has a process."""
    if run.status() != "queued":
        return None
    ticket = Ticket.load(run.path)
    if ticket is None:
        return Text("Its ticket in the queue cannot be read; resume it", "它的排队信息无法读取；请用“继续”重新排队")
    if not ticket.is_here(run.path):
        return Text(
            "Queued in another folder or on another machine; resume it to run it here",
            "它是在另一个文件夹或另一台机器上排队的；如要在这里运行，请用“继续”",
        )
    return None


def position(workspace: Workspace, run: Run) -> int:
    """Return a waiting run's place in the queue, the next being 1; 0 where it does not wait."""
    ids = [item.id for item in waiting(workspace)]
    return ids.index(run.id) + 1 if run.id in ids else 0


def move(workspace: Workspace, run: Run, to: int) -> None:
    """Put a waiting run at a place in the queue, the next being 1; beyond the end is the end.

    Raises:
        InputError: it does not wait.
    """
    with locked(workspace.runs / ".order"):
        line = waiting(workspace)
        others = [item for item in line if item.id != run.id]
        if len(others) == len(line):
            raise _not_waiting(run)
        if not others:
            return
        places = [item.ticket().place for item in others]
        index = min(max(to, 1) - 1, len(places))
        if index == 0:
            place = places[0] - 1
        elif index == len(places):
            place = places[-1] + 1
        else:
            place = (places[index - 1] + places[index]) / 2
        replace(run.ticket(), place=place).save(run.path)
        run.announce()


def cancel(workspace: Workspace, run: Run) -> None:
    """Take a run out of the queue; it is stopped, and can be resumed.

    Raises:
        InputError: it does not wait.
    """
    with hold(run.path) as taken:
        if not taken or run.process() is not None or run.result() is not None or not run.recipe_file.exists():
            raise _not_waiting(run)
        run.ask_stop()
        run.write_result("stopped", metrics={}, outputs={}, error=None)


def advance(workspace: Workspace, launch: Launch) -> None:
    """Start what is next, as far as devices are free; where something still waits, see that a scheduler is there.

    A worker starts nothing of the queue itself: what it started would be its own, and end with it.

    Raises:
        UnavailableError: the devices' locks cannot be kept.
    """
    if not workspace.runs.is_dir():
        return
    with attempting(_lock(workspace)) as take:
        if not take():
            return  # whoever holds it looks again once it has let go
        if WORKER not in os.environ:
            start_next(workspace, launch)
    if waiting(workspace):
        _start_scheduler(workspace)


@contextmanager
def closed(workspace: Workspace) -> Iterator[None]:
    """Start nothing that waits, for the length of the block; it waits on."""
    with attempting(_lock(workspace)) as take:
        while not take():  # a scheduler may be killed at any moment
            scheduler = Process.load(_program(workspace))
            if scheduler is not None and scheduler.alive():
                with suppress(ProcessLookupError):
                    os.kill(scheduler.pid, signal.SIGKILL)
            time.sleep(_POLL_S)
        yield


def serve(workspace: Workspace, launch: Launch, pause: Callable[[], None]) -> None:
    """Go through the queue until nothing waits: the scheduler program. Leaves at once where another is at it."""
    while waiting(workspace):
        with attempting(_lock(workspace)) as take:
            if not take():
                return
            Process.current().save(_program(workspace))
            while waiting(workspace):
                start_next(workspace, launch)
                pause()


def start_next(workspace: Workspace, launch: Launch) -> None:
    """Start the runs whose turn it is, one for each device that is free. One that cannot be started holds up no other."""
    tried: set[str] = set()
    while runs := [run for run in waiting(workspace) if run.id not in tried]:
        with slots.take() as slot:
            if slot is None:
                return
            tried.add(runs[0].id)
            try:
                launch(workspace, runs[0], slot)
            except Exception as problem:  # noqa: BLE001  a launcher is a stranger's code, and others wait behind it
                _failed(runs[0], problem)


def _failed(run: Run, problem: Exception) -> None:
    """Write down why a run could not be started; one that is gone, or on a full disk, is left as it is."""
    if isinstance(problem, StudioError):
        told = problem
    else:
        traceback.print_exception(problem)
        words = f"{type(problem).__name__}: {problem}"
        told = UnavailableError(Text(f"it could not be started ({words})", f"无法启动（{words}）"))
    with suppress(OSError), hold(run.path) as taken:
        if taken and run.process() is None and run.result() is None:
            run.write_result("failed", metrics={}, outputs={}, error=told.dump())


def _not_waiting(run: Run) -> InputError:
    status = run.status()
    return InputError(
        Text(f"the run {run.id} does not wait ({status})", f"运行 {run.id} 没有在排队（{STATUSES[status].zh}）"),
        Text("See what waits: `python -m studio queue`", "查看排队的运行：`python -m studio queue`"),
    )


def _start_scheduler(workspace: Workspace) -> None:
    paths = [str(REPOSITORY), os.environ.get("PYTHONPATH", "")]
    environment = {
        **os.environ,
        "STUDIO_WORKSPACE": str(workspace.root),
        "PYTHONPATH": os.pathsep.join(filter(None, paths)),
    }
    environment.pop(WORKER, None)
    with (workspace.runs / ".scheduler.log").open("wb") as log:
        process = subprocess.Popen(
            [sys.executable, "-m", "studio.scheduler"],
            cwd=workspace.root,
            env=environment,
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=subprocess.STDOUT,
            start_new_session=True,
        )
    threading.Thread(target=process.wait, daemon=True).start()  # so that no zombie is left: it forks and ends


def _lock(workspace: Workspace) -> Path:
    return workspace.runs / ".scheduler"


def _program(workspace: Workspace) -> Path:
    return workspace.runs / ".scheduler.json"
