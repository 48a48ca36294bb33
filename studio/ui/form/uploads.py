"""Uploaded files: kept under a generated folder, with a name that no path can hide in."""

from __future__ import annotations

import re
import secrets
import shutil
import time
from collections.abc import Callable
from pathlib import Path

from studio.core.errors import InputError
from studio.core.files import require_file
from studio.core.workspace import Workspace

_UNSAFE = re.compile(r"[^\w.()\[\]+-]+")


def keep(workspace: Workspace, incoming: Path, look: Callable[[Path], object] | None = None) -> str:
    """Move an upload into the workspace and return its path as recipes write it.

    Raises:
        InputError: the file is empty, the pointer that Git LFS leaves behind, or one that `look` refuses; it is not
            kept.
    """
    try:
        require_file(incoming)
        if look is not None:
            look(incoming)
    except InputError as error:
        incoming.unlink(missing_ok=True)
        raise InputError(error.message, error.hint, incoming.name) from error
    folder = workspace.uploads / f"{time.strftime('%Y%m%d-%H%M%S')}-{secrets.token_hex(3)}"
    folder.mkdir(parents=True)
    target = folder / safe_name(incoming.name)
    shutil.move(incoming, target)
    return target.relative_to(workspace.root).as_posix()


def safe_name(name: str) -> str:
    """Return a file name of letters (any script), digits and a few signs, 120 characters at most, never hidden.

    >>> safe_name("../../临床 题目 (1).jsonl")
    '临床_题目_(1).jsonl'
    """
    plain = _UNSAFE.sub("_", name.replace("\\", "/").rpartition("/")[2]).lstrip("._")
    stem, dot, suffix = plain.rpartition(".")
    return f"{stem[:100]}{dot}{suffix[:19]}" if stem else plain[:120] or "file"
