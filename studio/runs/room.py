"""Room on a device for a heavy run: servers beside it that have nothing to do, and would end by themselves, end now."""

from __future__ import annotations

import os
from collections.abc import Iterator

import psutil

from studio.core.text import Text
from studio.runs import control, slots
from studio.runs.directory import Run
from studio.runs.job import Job
from studio.runs.kinds import KINDS
from studio.runs.store import RunStore

_IDLE_S = 10.0  # a conversation's next question may come sooner
_WAIT_S = 30.0


def make_room(job: Job) -> None:
    """Ask idle servers on this process's device to end, and wait until their memory is free.

    Those of what this run names are left, for it may ask them itself.
    """
    idle = list(_idle(job))
    if not idle:
        return
    names = ", ".join(run.id for run in idle)
    job.stage("room", Text(f"Ending idle servers: {names}", f"正在结束空闲的服务：{names}"))
    for run in idle:
        run.ask_stop()
    if not control.wait(idle, _WAIT_S):
        job.notice(Text("Some are still ending; memory may be short", "有的服务仍在结束，内存可能不足"))


def _idle(job: Job) -> Iterator[Run]:
    named = {reference.path for reference in job.references.values()}
    kinds = {name: kind.idle_s for name, kind in KINDS.all().items() if kind.idle_s is not None}
    for entry in RunStore(job.workspace).entries(*kinds):
        if entry.ended_as is not None or named & set(entry.uses.values()) or not _beside(entry.run):
            continue
        seconds = kinds[entry.kind](entry.run)
        if seconds is not None and seconds > _IDLE_S:
            yield entry.run


def _beside(run: Run) -> bool:
    """Tell whether a run's process may be on the device that this one was handed."""
    process, mine = run.process(), os.environ.get(slots.HELD)
    if process is None or not process.alive():
        return False
    if mine in (None, slots.CPU.name):
        return True
    try:
        theirs = psutil.Process(process.pid).environ().get("CUDA_VISIBLE_DEVICES", "").partition(",")[0]
    except psutil.Error:
        return True
    return (theirs or slots.first_of_all()) == mine
