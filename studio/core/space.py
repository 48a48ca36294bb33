"""Room on the volume that something is about to be written to."""

from __future__ import annotations

import shutil
from pathlib import Path

from studio.core.amounts import size
from studio.core.errors import UnavailableError
from studio.core.text import Text

SPARE = 256 * 10**6
"""Bytes that are left for everything else."""


def free_at(folder: Path) -> int:
    """Return the bytes that are free where a folder is, or will be."""
    place = next(path for path in (folder, *folder.absolute().parents) if path.exists())
    return shutil.disk_usage(place).free


def require_room(folder: Path, needed: int, what: str) -> None:
    """Check that so many bytes more, and some to spare, can be written.

    Args:
        what: is to be written, by its name.

    Raises:
        UnavailableError: they cannot; says what is needed, what is free, and where.
    """
    free = free_at(folder)
    if needed and free < needed + SPARE:
        raise UnavailableError(no_room(what, needed + SPARE, free, folder), MEND)


def no_room(what: str, needed: int, free: int, folder: Path) -> Text:
    """Return what is said where there is no room."""
    return Text(
        f"there is no room for {what}: {size(needed)} needed, {size(free)} free where {folder} is",
        f"磁盘空间不足，放不下 {what}：需要 {size(needed)}，{folder} 所在的磁盘剩余 {size(free)}",
    )


MEND = Text(
    "Remove models or runs that nobody needs (Models, Runs), or move the workspace to a larger volume with --workspace; "
    "what is loaded is kept.",
    "请在“模型”或“运行”中删除不再需要的内容，或用 --workspace 把工作区放到更大的磁盘；已下载的部分会保留。",
)
