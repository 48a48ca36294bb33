"""A process told apart from a later one with the same number, by its creation time."""

from __future__ import annotations

import os
from dataclasses import dataclass
from pathlib import Path

import psutil

from studio.core.files import read_json, write_json


@dataclass(frozen=True)
class Process:
    """A process id with the time it was created (seconds since the epoch)."""

    pid: int
    created: float

    @classmethod
    def current(cls) -> Process:
        return cls(os.getpid(), psutil.Process().create_time())

    @classmethod
    def load(cls, path: Path) -> Process | None:
        """Read a recorded process, or None where none is recorded."""
        value = read_json(path)
        if value is None:
            return None
        pid, created = value.get("pid"), value.get("created")
        return cls(pid, float(created)) if isinstance(pid, int) and isinstance(created, int | float) else None

    def save(self, path: Path) -> None:
        write_json(path, {"pid": self.pid, "created": self.created})

    def alive(self) -> bool:
        """Tell whether this very process still runs (a zombie does not)."""
        try:
            process = psutil.Process(self.pid)
            same = abs(process.create_time() - self.created) < 1.0
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


def kill(family: list[psutil.Process], grace_s: float = 3.0) -> None:
    """End processes: ask first, then force what is left after the grace."""
    for process in family:
        try:
            process.terminate()
        except psutil.NoSuchProcess:
            continue
    _, left = psutil.wait_procs(family, timeout=grace_s)
    for process in left:
        try:
            process.kill()
        except psutil.NoSuchProcess:
            continue
    psutil.wait_procs(left, timeout=grace_s)
