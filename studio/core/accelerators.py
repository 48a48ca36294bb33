"""What computes on this machine, told without loading anything that could tell more."""

from __future__ import annotations

import os
from pathlib import Path

_NVIDIA = Path("/proc/driver/nvidia/gpus")


def accelerators() -> tuple[str, ...]:
    """Return the names of the machine's GPUs."""
    return tuple(_name(card) for card in sorted(_NVIDIA.glob("*/information")))


def hardware() -> str:
    """Return what tells machines apart that are not equally fast: the GPUs, or the number of processors."""
    return ", ".join(accelerators()) or f"{os.cpu_count() or 1} CPU"


def _name(card: Path) -> str:
    for line in card.read_text(encoding="utf-8", errors="replace").splitlines():
        key, _, value = line.partition(":")
        if key.strip() == "Model":
            return value.strip()
    return "NVIDIA GPU"
