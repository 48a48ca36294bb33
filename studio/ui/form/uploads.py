"""Uploaded files: kept under a generated folder, with a name that no path can hide in."""

from __future__ import annotations

import re
import secrets
import time

from studio.core.workspace import Workspace

_UNSAFE = re.compile(r"[^\w.()\[\]+-]+")

_ID = re.compile(r"\d{8}-\d{6}-[0-9a-f]{6}")


def new_id() -> str:
    """Return an upload's id, which is also the name of the folder that it is kept in."""
    return f"{time.strftime('%Y%m%d-%H%M%S')}-{secrets.token_hex(3)}"


def is_id(text: str) -> bool:
    return _ID.fullmatch(text) is not None


def is_kept(workspace: Workspace, reference: str) -> bool:
    """Tell whether a text is where the page keeps an upload, as recipes write it."""
    path = workspace.root / reference
    return path.parent.parent == workspace.uploads and is_id(path.parent.name) and path.is_file()


def safe_name(name: str) -> str:
    """Return a file name of letters (any script), digits and a few signs, 120 characters at most, never hidden.

    >>> safe_name("../../临床 题目 (1).jsonl")
    '临床_题目_(1).jsonl'
    """
    plain = _UNSAFE.sub("_", name.replace("\\", "/").rpartition("/")[2]).lstrip("._")
    stem, dot, suffix = plain.rpartition(".")
    if not stem:
        return _cut(plain, 120) or "file"
    return f"{_cut(stem, 100)}{dot}{_cut(suffix, 19)}"


def _cut(text: str, most: int) -> str:
    """Return the first characters; no more bytes than a file's name may have."""
    return text[:most].encode()[: 2 * most].decode(errors="ignore")
