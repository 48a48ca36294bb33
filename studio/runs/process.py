"""A process told apart from a later one with the same number, and from one of another machine or folder."""

from __future__ import annotations

import os
import platform
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

import psutil

from studio.core.files import read_json, write_json

_GONE_S = 10.0  # a killed process can linger in an uninterruptible read
_BOOT = Path("/proc/sys/kernel/random/boot_id")


@dataclass(frozen=True)
class Process:
    """A process id with the time it was created.

    Args:
        pid: its number.
        created: seconds since the epoch; the time of day, so it moves when somebody sets the clock.
        ticks: clock ticks from the machine's start to the process's, which nothing moves; None where the system tells none.
        here: whether it is of this machine, and its record of the folder it was read from. Where it is not (a folder
            was copied), whatever has that number now is none of ours: not alive, and never to be ended.
    """

    pid: int
    created: float
    ticks: int | None = None
    here: bool = True

    @classmethod
    def current(cls) -> Process:
        return cls.of(os.getpid())

    @classmethod
    def of(cls, pid: int) -> Process:
        """Return the process that has this number now. Raises psutil.NoSuchProcess where none has."""
        return cls(pid, psutil.Process(pid).create_time(), _ticks(pid))

    @classmethod
    def load(cls, path: Path) -> Process | None:
        """Read a recorded process, or None where none is recorded."""
        value = read_json(path)
        if value is None:
            return None
        pid, created, ticks = value.get("pid"), value.get("created"), value.get("ticks")
        if not isinstance(pid, int) or pid <= 0 or not isinstance(created, int | float) or not 0 <= created < 2**53:
            return None
        now = _place(path)
        here = all(value.get(key, now[key]) == now[key] for key in now)
        return cls(pid, created, ticks if isinstance(ticks, int) else None, here)

    def save(self, path: Path) -> None:
        write_json(path, {"pid": self.pid, "created": self.created, "ticks": self.ticks, **_place(path)})

    def alive(self) -> bool:
        """Tell whether this very process still runs (a zombie does not)."""
        if not self.here:
            return False
        try:
            process = psutil.Process(self.pid)
            ticks = _ticks(self.pid) if self.ticks is not None else None
            same = abs(process.create_time() - self.created) < 1.0 if ticks is None else ticks == self.ticks
            return same and process.status() != psutil.STATUS_ZOMBIE
        except psutil.NoSuchProcess:
            return False

    def family(self) -> list[psutil.Process]:
        """Return the process and its descendants, youngest last; empty when it is gone."""
        if not self.alive():
            return []
        try:
            process = psutil.Process(self.pid)
            return [process, *process.children(recursive=True)]
        except psutil.NoSuchProcess:  # it ended while it was looked at
            return []


def _place(record: Path) -> dict[str, str]:
    """Return the folder of a record, and the machine since its last start (its name where it tells no more)."""
    machine = _BOOT.read_text(encoding="ascii").strip() if _BOOT.exists() else platform.node()
    return {"folder": str(record.parent.resolve()), "machine": machine}


def _ticks(pid: int) -> int | None:
    try:
        fields = Path(f"/proc/{pid}/stat").read_bytes()
    except OSError:
        return None
    return int(fields.rpartition(b")")[2].split()[19])  # the name, in brackets, may hold anything


def freeze(process: Process) -> list[psutil.Process]:
    """Halt a process and its descendants, so that none writes or starts another; return them for `end_now`."""
    frozen: dict[int, psutil.Process] = {}
    while fresh := [member for member in process.family() if member.pid not in frozen]:
        for member in fresh:
            with suppress(psutil.NoSuchProcess):
                member.suspend()
            frozen[member.pid] = member
    return list(frozen.values())


def end_now(family: list[psutil.Process]) -> None:
    """End processes without asking, and wait until they are gone."""
    for process in family:
        with suppress(psutil.NoSuchProcess):
            process.kill()
    psutil.wait_procs(family, timeout=_GONE_S)
