"""Ending a run: asking is one act, which loses nothing and waits for nobody; force is another, and says what it loses."""

from __future__ import annotations

import os
import signal
import time
from collections.abc import Iterator
from contextlib import suppress

import psutil

from studio.core.errors import InputError
from studio.core.files import sweep
from studio.core.text import Text
from studio.core.workspace import Workspace
from studio.runs.directory import STATUSES, Run
from studio.runs.events import EventLog
from studio.runs.exclusive import hold
from studio.runs.process import end_now, freeze
from studio.runs.store import RunStore
from studio.runs.view import lost, view

_POLL_S = 0.1


def ask(run: Run) -> Run:
    """Ask a run to stop and return at once: it finishes the step it is at, saves, and ends.

    Returns:
        The run that was asked: of a pipeline that crashed, the step that goes on without it.

    Raises:
        InputError: it is not active.
    """
    if not run.active():
        step = step_under_way(run)
        if step is not None and run.status() == "crashed":
            return ask(step)
        raise _not_active(run)
    run.ask_stop()
    if run.process() is None:
        _end_waiting(run)
    return run


def terminate(run: Run) -> None:
    """Tell a run that the machine wants its process gone: it leaves as soon as it can without loss, inside a step too."""
    run.ask_stop()
    process = run.process()
    if process is None:
        _end_waiting(run)
    elif process.alive():
        with suppress(ProcessLookupError):
            os.kill(process.pid, signal.SIGTERM)


def force(workspace: Workspace, run: Run) -> Text:
    """End a run's processes at once, those of its step under way and of all that they started too.

    Returns:
        What is lost by it; the same stands among the run's notices.

    Raises:
        InputError: it is not active.
    """
    if not run.active():
        step = step_under_way(run)
        if step is not None and run.status() == "crashed":
            return force(workspace, step)
        raise _not_active(run)
    run.ask_stop()
    family = _freeze(run)
    try:  # nothing moves now: what is read is what is lost, and no further step begins
        step = step_under_way(run)
        if step is not None:
            step.ask_stop()  # it may wait, and begin at this very moment
        family += _freeze(step) if step is not None else []  # of a pipeline that was resumed it is no child
        words = _loss(step or run)
        losses = {item: _loss(item) for item in _done_by(workspace, family)} | {
            item: words for item in (run, step) if item
        }
    finally:
        end_now(family)
    for item, loss in losses.items():
        _record(item, loss)
    return words


def wait(runs: list[Run], timeout_s: float | None = None) -> bool:
    """Wait until none of the runs is active; return whether that came about in time."""
    deadline = None if timeout_s is None else time.monotonic() + timeout_s
    while any(run.active() for run in runs):
        if deadline is not None and time.monotonic() > deadline:
            return False
        time.sleep(_POLL_S)
    return True


def step_under_way(run: Run) -> Run | None:
    """Return the active run that a pipeline started last, if there is one."""
    step = max(run.children().items(), default=(0, None))[1]
    return step if step is not None and step.active() else None


def active(workspace: Workspace) -> Iterator[Run]:
    """Return the runs of a workspace that are at work on this machine."""
    return (run for run in RunStore(workspace).active() if run.process() is not None)


def _freeze(run: Run) -> list[psutil.Process]:
    process = run.process()
    return freeze(process) if process is not None else []


def _done_by(workspace: Workspace, family: list[psutil.Process]) -> Iterator[Run]:
    """Yield the runs whose workers are among some processes: steps of a pipeline, engines that they started."""
    numbers = {member.pid for member in family}
    for run in RunStore(workspace).active():
        worker = run.process()
        if worker is not None and worker.here and worker.pid in numbers:
            yield run


def _loss(run: Run) -> Text:
    if run.result() is not None:
        return Text("it had just ended by itself, and nothing is lost", "它刚刚已自行结束，没有损失")
    return lost(view(run))


def _end_waiting(run: Run) -> None:
    """Write the end of a run that no process has begun: nobody else would."""
    with hold(run.path) as held:
        if held and run.process() is None and run.result() is None:
            run.write_result("stopped", metrics={}, outputs={}, error=None)


def _record(run: Run, words: Text) -> None:
    """Write down that a run was ended by force, and what that lost. Its lock is free: its holder is dead."""
    with hold(run.path) as held:
        if not held or run.result() is not None:
            return  # it ended by itself in the very last moment, or has just begun and will see that it is to stop
        run.server_file.unlink(missing_ok=True)
        run.reserve_file.unlink(missing_ok=True)
        sweep(run.path)
        EventLog(run.events_file).notice(Text(f"Ended by force; {words.en}", f"已强制结束；{words.zh}"))
        run.write_result("stopped", metrics={}, outputs={}, error=None)


def _not_active(run: Run) -> InputError:
    status = run.status()
    return InputError(
        Text(f"the run {run.id} is not running ({status})", f"运行 {run.id} 没有在进行（{STATUSES[status].zh}）")
    )
