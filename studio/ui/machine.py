"""What the machine has, in one line, without loading anything that could tell more."""

from __future__ import annotations

import shutil
import subprocess
import threading
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import psutil

from studio.core.accelerators import accelerators

_QUERY = ("name", "utilization.gpu", "memory.used", "memory.total", "temperature.gpu")
_PERIOD_S = 4.0
_PATIENCE_S = 10.0


@dataclass(frozen=True)
class Machine:
    """Processors, memory and disk as they are now; bytes."""

    cores: int
    memory_free: int
    memory: int
    disk_free: int
    accelerators: tuple[str, ...]


@dataclass(frozen=True)
class Card:
    """A GPU at one moment: per cent, bytes, degrees Celsius; None where the driver does not say."""

    name: str
    use: int | None
    memory_used: int | None
    memory: int | None
    degrees: int | None


class Gauge:
    """Watches the GPUs while somebody looks: nvidia-smi takes its time, so it is asked beside, and what it said last is shown."""

    def __init__(self) -> None:
        self._program = shutil.which("nvidia-smi")
        self._cards: tuple[Card, ...] = ()
        self._asked = 0.0
        self._lock = threading.Lock()

    def cards(self) -> tuple[Card, ...]:
        """Return each GPU as it was a few seconds ago; none where there is none, or it has not said yet."""
        with self._lock:
            stale = time.monotonic() - self._asked > _PERIOD_S
            if self._program is not None and stale:
                self._asked = time.monotonic()
                threading.Thread(target=self._ask, args=(self._program,), daemon=True).start()
            return self._cards

    def _ask(self, program: str) -> None:
        command = [program, f"--query-gpu={','.join(_QUERY)}", "--format=csv,noheader,nounits"]
        try:
            told = subprocess.run(command, capture_output=True, text=True, timeout=_PATIENCE_S, check=True).stdout
        except (OSError, subprocess.SubprocessError):
            told = ""
        cards = tuple(_card(line.split(",")) for line in told.splitlines() if line.count(",") == len(_QUERY) - 1)
        with self._lock:
            self._cards = cards


def look(folder: Path) -> Machine:
    """Return the machine's state; the disk is the one that holds `folder`."""
    memory = psutil.virtual_memory()
    return Machine(
        cores=psutil.cpu_count() or 1,
        memory_free=memory.available,
        memory=memory.total,
        disk_free=shutil.disk_usage(folder).free,
        accelerators=accelerators(),
    )


def _card(values: Sequence[str]) -> Card:
    use, used, memory, degrees = (_number(value) for value in values[1:])
    return Card(
        values[0].strip(),
        use,
        used * 2**20 if used is not None else None,
        memory * 2**20 if memory is not None else None,
        degrees,
    )


def _number(value: str) -> int | None:
    """Return a number; None of `[N/A]`, as where a card is split."""
    return int(value) if value.strip().isdecimal() else None
