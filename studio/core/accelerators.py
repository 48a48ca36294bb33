"""What computes on this machine, told without loading anything that could tell more."""

from __future__ import annotations

import os
import shutil
import subprocess
from dataclasses import dataclass
from pathlib import Path

_NVIDIA = Path("/proc/driver/nvidia/gpus")
_ASKED = ("--query-gpu=name,memory.total,memory.free,compute_cap", "--format=csv,noheader,nounits")
_BF16 = (8, 0)


@dataclass(frozen=True)
class GraphicsCard:
    """A graphics card.

    Args:
        memory_mib: all of it, and what is free now.
        capability: its compute capability, `(7, 5)` of a T4.
    """

    name: str
    memory_mib: int
    free_mib: int
    capability: tuple[int, int]

    @property
    def bf16(self) -> bool:
        """Whether it computes in bfloat16 itself."""
        return has_bf16(self.capability)


def has_bf16(capability: tuple[int, int]) -> bool:
    """Tell whether cards of a compute capability have bfloat16: from 8.0 on.

    `torch.cuda.is_bf16_supported()` counts emulation, and says yes of T4, P100 and V100, which are many times as slow at it.
    """
    return capability >= _BF16


def cards() -> tuple[GraphicsCard, ...]:
    """Return the machine's NVIDIA cards, as their driver's own program tells them; none where there is no such program."""
    program = shutil.which("nvidia-smi")
    if program is None:
        return ()
    try:
        answer = subprocess.run([program, *_ASKED], capture_output=True, text=True, timeout=20, check=False)
    except (OSError, subprocess.TimeoutExpired):
        return ()
    return tuple(filter(None, map(_card, answer.stdout.splitlines()))) if answer.returncode == 0 else ()


def _card(line: str) -> GraphicsCard | None:
    name, *figures = [part.strip() for part in line.split(",")]
    try:
        total, free, capability = figures
        major, _, minor = capability.partition(".")
        return GraphicsCard(name, int(total), int(free), (int(major), int(minor)))
    except ValueError:
        return None


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
