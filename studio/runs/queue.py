"""Runs that wait: each a directory without a process, started in order when it is due and a device is free.

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
_STARTING_S = 60.0
_PASS_S = 0.5
_QUIET_PASS_S = 2.0  # where all that waits is to come later

Begin = Callable[[Workspace, Run, Slot | None], None]


def waiting(workspace: Workspace) -> list[Run]:
    """Return the runs that wait here, the next first; those whose time is to come stand behind, the earliest first."""
    return [run for run, _ in line(workspace)]


def line(workspace: Workspace) -> list[tuple[Run, Ticket]]:
    """Return the same with their tickets."""
    found = []
    for entry in RunStore(workspace).entries():
        run = entry.run
        if entry.ended_as is None and not (run.process_file.exists() or run.result_file.exists()):
            ticket = Ticket.load(run.path)
            if ticket is not None and ticket.waits and ticket.is_here(run.path):
                found.append((run, ticket))
    now = time.time()
    return sorted(found, key=lambda item: (item[1].not_before if item[1].not_before > now else 0.0, *item[1].order))


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
    if not ticket.waits and time.time() - ticket.created > _STARTING_S:
        return Text(
            "Whatever made it ended before it was started; resume it", "它还没有启动，提交它的程序就结束了；请用“继续”"
        )
    return None


def position(workspace: Workspace, run: Run) -> int:
    """Return a waiting run's place in the queue, the next being 1; 0 where it does not wait."""
    ids = [item.id for item in waiting(workspace)]
    return ids.index(run.id) + 1 if run.id in ids else 0


def move(workspace: Workspace, run: Run, to: int) -> None:
    """Put a waiting run at a place in the queue, the next being 1; beyond the end is the end.

    One whose time is to come waits for it no more, and one that is put among those of another priority has theirs.

    Raises:
        InputError: it does not wait.
    """
    with ordering(workspace):
        standing, now = line(workspace), time.time()
        own = next((ticket for item, ticket in standing if item.id == run.id), None)
        if own is None:
            raise _not_waiting(run)
        others = [(item, ticket) for item, ticket in standing if item.id != run.id and ticket.not_before <= now]
        index = min(max(to, 1) - 1, len(others))
        before = others[index - 1][1] if index else None
        after = others[index][1] if index < len(others) else None
        group = after if after is not None and (before is None or before.priority > after.priority) else before or own
        moved = replace(own, priority=group.priority, not_before=0.0)
        peers = [item for item in others if item[1].priority == group.priority]
        peers.insert(sum(item in peers for item in others[:index]), (run, moved))
        _place(peers, run, RunStore(workspace).entries()[0].counter + 1)
        run.announce()


def _place(peers: list[tuple[Run, Ticket]], run: Run, end: float) -> None:
    """Write a run's ticket with a place between those of its neighbours; where there is none, all of theirs anew.

    Args:
        peers: runs of one priority as they are to stand.
        end: what lies behind all places: that of the next run to be made.
    """
    index = next(number for number, (item, _) in enumerate(peers) if item.id == run.id)
    after = peers[index + 1][1].place if index + 1 < len(peers) else end
    before = peers[index - 1][1].place if index else min(after, peers[index][1].place) - 1
    place = (before + after) / 2
    if before < place < after:
        replace(peers[index][1], place=place).save(run.path)
        return
    first = min(ticket.place for _, ticket in peers) - 1
    for number, (item, ticket) in enumerate(peers, 1):
        with suppress(FileNotFoundError):  # removed meanwhile
            replace(ticket, place=first + number * (end - first) / (len(peers) + 1)).save(item.path)


@contextmanager
def ordering(workspace: Workspace) -> Iterator[None]:
    """Hold the tickets for the length of the block: whoever reads one, changes it and writes it back."""
    with locked(workspace.runs / ".order"):
        yield


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


def advance(workspace: Workspace, begin: Begin) -> None:
    """Start what is next, as far as devices are free; where something still waits, see that a scheduler is there.

    A worker starts nothing of the queue itself: what it started would be its own, and end with it.

    Args:
        begin: `begin(workspace, run, slot)` starts a run on the device it is handed, if it needs one.

    Raises:
        UnavailableError: the devices' locks cannot be kept.
    """
    if not workspace.runs.is_dir():
        return
    with attempting(_lock(workspace)) as take:
        if not take():
            return  # whoever holds it looks again once it has let go
        if WORKER not in os.environ:
            start_next(workspace, begin)
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


def serve(workspace: Workspace, begin: Begin, pause: Callable[[float], None]) -> None:
    """Go through the queue until nothing waits: the scheduler program. Leaves at once where another is at it.

    Args:
        pause: waits for some seconds.
    """
    while waiting(workspace):
        with attempting(_lock(workspace)) as take:
            if not take():
                return
            Process.current().save(_program(workspace))
            while waits := line(workspace):
                start_next(workspace, begin)
                due = any(ticket.not_before <= time.time() for _, ticket in waits)
                pause(_PASS_S if due else _QUIET_PASS_S)


def start_next(workspace: Workspace, begin: Begin) -> None:
    """Start the runs whose turn it is: one for each device that is free, and those that need none."""
    full = False
    for run, ticket in line(workspace):
        if ticket.not_before > time.time() or (full and ticket.device) or not _ready(workspace, run, ticket):
            continue
        if not ticket.device:
            _start(workspace, run, None, begin)
            continue
        with slots.take() as slot:
            full = slot is None
            if slot is not None:
                _start(workspace, run, slot, begin)


def _ready(workspace: Workspace, run: Run, ticket: Ticket) -> bool:
    """Tell whether a run waits for no other any more; one that waits in vain has failed."""
    try:
        return awaited(workspace, ticket) is None
    except InputError as error:
        _failed(run, error)
        return False


def awaited(workspace: Workspace, ticket: Ticket) -> str | None:
    """Return the id of a run that must finish before another one begins, and has not; None where there is none.

    Raises:
        InputError: it ended otherwise, or was removed.
    """
    for id in ticket.needs:
        run = Run(workspace.runs / id)
        status = run.status() if run.recipe_file.exists() else None
        if status in ("queued", "running"):
            return id
        if status != "finished":
            ended = STATUSES[status] if status is not None else Text("removed", "已删除")
            raise InputError(
                Text(f"it waited for {id}, which is {ended.en}", f"它等待的运行 {id} {ended.zh}"),
                Text("Let that one finish, then resume this one.", "请先让它完成，再继续本次运行。"),
            )
    return None


def _start(workspace: Workspace, run: Run, slot: Slot | None, begin: Begin) -> None:
    """Start a run; one that cannot be started has failed, and holds up no other."""
    try:
        begin(workspace, run, slot)
    except Exception as problem:  # noqa: BLE001  a launcher is a stranger's code, and others wait behind it
        _failed(run, problem)


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
