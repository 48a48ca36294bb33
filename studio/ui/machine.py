"""What the machine has, in one line, without loading anything that could tell more."""

from __future__ import annotations

import shutil
from dataclasses import dataclass
from pathlib import Path

import psutil

_NVIDIA = Path("/proc/driver/nvidia/gpus")


@dataclass(frozen=True)
class Machine:
    """Processors, memory and disk as they are now; bytes."""

    cores: int
    memory_free: int
    memory: int
    disk_free: int
    accelerators: tuple[str, ...]


def look(folder: Path) -> Machine:
    """Return the machine's state; the disk is the one that holds `folder`."""
    memory = psutil.virtual_memory()
    return Machine(
        cores=psutil.cpu_count() or 1,
        memory_free=memory.available,
        memory=memory.total,
        disk_free=shutil.disk_usage(folder).free,
        accelerators=tuple(_name(card) for card in sorted(_NVIDIA.glob("*/information"))),
    )


def _name(card: Path) -> str:
    for line in card.read_text(encoding="utf-8", errors="replace").splitlines():
        key, _, value = line.partition(":")
        if key.strip() == "Model":
            return value.strip()
    return "NVIDIA GPU"
