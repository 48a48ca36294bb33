"""The machine's slots: one a device, each with room for one heavy run at a time, of whatever workspace.

A slot is a lock file outside all workspaces. Whoever starts a run takes it and hands the open file on to the worker, so
that it is free again when the worker ends, however that comes about, and was never free in between.
"""

from __future__ import annotations

import os
import re
import shutil
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from studio.core.errors import UnavailableError
from studio.core.locks import grab
from studio.core.text import Text

HELD = "STUDIO_SLOT"
"""In a worker's environment, and in that of all it starts: the device it was handed."""

_PASSING = Path("/tmp")  # of the machine, where TMPDIR may be a job's own
_NOT_PLAIN = re.compile(r"[^\w.-]")


@dataclass(frozen=True)
class Device:
    """A GPU, or the CPU.

    Args:
        name: as CUDA_VISIBLE_DEVICES names it, or `cpu`.
        lock: the name of its lock file: the same whatever it is called.
    """

    name: str
    lock: str


CPU = Device("cpu", "cpu")


@dataclass(frozen=True)
class Slot:
    """A device that is held.

    Args:
        device: which.
        file: the open file that holds its lock.
    """

    device: Device
    file: int

    def environment(self) -> dict[str, str]:
        """Return what tells a worker, and all that it starts, which device is theirs."""
        name = self.device.name
        if name == CPU.name:
            return {HELD: name}
        # CUDA counts cards by their speed unless it is told to count them as nvidia-smi does
        numbered = {} if "CUDA_VISIBLE_DEVICES" in os.environ else {"CUDA_DEVICE_ORDER": "PCI_BUS_ID"}
        return {HELD: name, "CUDA_VISIBLE_DEVICES": name, **numbered}


def held() -> bool:
    """Tell whether this process, or the run that started it, has a slot already."""
    return HELD in os.environ


@contextmanager
def take() -> Iterator[Slot | None]:
    """Hold a free slot for the length of the block, or longer by those who were handed its file; None: all are taken.

    Raises:
        UnavailableError: the locks cannot be kept.
    """
    slot = _first_free()
    try:
        yield slot
    finally:
        if slot is not None:
            os.close(slot.file)


def _first_free() -> Slot | None:
    folder = _folder()
    for device in devices():
        try:
            file = grab(folder / f"{device.lock}.lock")
        except OSError as error:
            raise _unusable(folder, error) from error
        if file is not None:
            return Slot(device, file)
    return None


def devices() -> list[Device]:
    """Return the devices that heavy runs may have: the GPUs one can see, else the CPU."""
    known, given = _gpus(), os.environ.get("CUDA_VISIBLE_DEVICES")
    if given is None or not known:
        return [Device(index, lock) for index, lock in known.items()] or [CPU]
    names = [name.strip() for name in given.split(",") if name.strip()]
    if not names or names[0] == "-1":
        return [CPU]
    return [Device(name, known.get(name, _NOT_PLAIN.sub("_", name))) for name in names]


def first_of_all() -> str:
    """Return what a process is on that was given no device: the machine's first GPU, else the CPU."""
    return next(iter(_gpus()), CPU.name)


def _gpus() -> dict[str, str]:
    """Return the identity of each GPU by its number; none where there is none."""
    program = shutil.which("nvidia-smi")
    if program is None:
        return {}
    try:
        return _queried(program)
    except (OSError, ValueError, subprocess.SubprocessError):
        return {"0": "gpu"}  # there is one, though it does not answer now


@cache
def _queried(program: str) -> dict[str, str]:
    query = [program, "--query-gpu=index,uuid", "--format=csv,noheader"]
    told = subprocess.run(query, capture_output=True, text=True, timeout=20, check=True)
    rows = [line.split(",") for line in told.stdout.splitlines() if line.strip()]
    return {index.strip(): _NOT_PLAIN.sub("_", identity.strip()) for index, identity in rows}


def _folder() -> Path:
    """Return where the lock files lie: in STUDIO_SLOTS, else the machine's folder for what is passing."""
    folder = Path(os.environ.get("STUDIO_SLOTS") or _PASSING / "medqa-studio-slots")
    try:
        with suppress(FileExistsError):
            folder.mkdir(parents=True)
            folder.chmod(0o1777)  # every user's runs take turns on the same devices
    except OSError as error:
        raise _unusable(folder, error) from error
    return folder


def _unusable(folder: Path, error: OSError) -> UnavailableError:
    return UnavailableError(
        Text(f"the devices' locks cannot be kept here ({error.strerror})", f"设备锁无法放在这里（{error.strerror}）"),
        Text(
            "Name a folder that may be written to in STUDIO_SLOTS.", "请用环境变量 STUDIO_SLOTS 指定一个可写的文件夹。"
        ),
        str(folder),
    )
