"""Folders that are whole or not there: written beside their place, synced to the disk, sealed by a manifest, moved last.

The manifest names every file with its size and sha256, and says of the folder what its maker says. Whatever a kill, a full
disk or a lost machine leaves behind can be told from it.
"""

from __future__ import annotations

import hashlib
import json
import os
import shutil
import tempfile
from collections.abc import Collection, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from typing import Any

from studio.core.files import SCRATCH, read_json, sha256_file, write_json

MANIFEST = "manifest.json"


@dataclass(frozen=True)
class Seal:
    """What a sealed folder holds.

    Args:
        about: what its maker says of it.
        files: path relative to the folder to size in bytes and hex sha256. Other files beside them mean nothing.
    """

    about: Mapping[str, Any]
    files: Mapping[str, tuple[int, str]]

    @property
    def size(self) -> int:
        """Bytes of its files."""
        return sum(size for size, _ in self.files.values())

    def sum_of(self, folder: str) -> str:
        """Return the sha256 of a folder in it, as `core.files.sha256_tree` reads it, without reading it again."""
        inside = {
            PurePosixPath(name).relative_to(folder): sum_
            for name, (_, sum_) in self.files.items()
            if name.startswith(f"{folder}/")
        }
        digest = hashlib.sha256()
        for name in sorted(inside):
            digest.update(os.fsencode(name.as_posix()) + f"\0{inside[name]}\n".encode())
        return digest.hexdigest()


@contextmanager
def sealing(target: Path, about: Mapping[str, Any]) -> Iterator[Path]:
    """Yield a fresh folder beside `target` that is sealed and becomes `target` when the block ends well.

    What was at `target` is replaced. When the block returns, all of it is on the disk, the folder's name included.
    """
    target.parent.mkdir(parents=True, exist_ok=True)
    scratch = Path(tempfile.mkdtemp(dir=target.parent, prefix=f".{target.name}.", suffix=SCRATCH))
    try:
        yield scratch
        scratch.chmod(0o755)
        files = sorted(path for path in scratch.rglob("*") if path.is_file())
        held = {path.relative_to(scratch).as_posix(): (path.stat().st_size, sha256_file(path)) for path in files}
        for path in files:
            _sync(path)
        _write(scratch, Seal(about, held))
        for folder in (path for path in scratch.rglob("*") if path.is_dir()):
            _sync(folder)
        _sync(scratch)
        if target.exists():
            discard(target)
        scratch.replace(target)
        _sync(target.parent)
    except BaseException:
        shutil.rmtree(scratch, ignore_errors=True)
        raise


def read(folder: Path) -> Seal | None:
    """Return a folder's manifest, or None where the folder is not whole by the names and sizes of its files.

    Reads no file but the manifest: `damage` tells what only the content says.
    """
    manifest = _parsed(folder)
    if manifest is None:
        return None
    for name, (size, _) in manifest.files.items():
        try:
            if (folder / name).stat().st_size != size:
                return None
        except OSError:
            return None
    return manifest


def damage(folder: Path) -> str:
    """Return the first file that is not as it was sealed, by its content; empty where all are."""
    manifest = _parsed(folder)
    if manifest is None:
        return MANIFEST
    for name, (size, sum_) in manifest.files.items():
        path = folder / name
        if not path.is_file() or path.stat().st_size != size or sha256_file(path) != sum_:
            return name
    return ""


def reseal(folder: Path, about: Mapping[str, Any] | None = None, without: Collection[str] = ()) -> None:
    """Say something else of a whole folder, or take files out of it; killed anywhere in between, it is whole.

    Raises:
        FileNotFoundError: the folder is not whole, or gone.
    """
    manifest = read(folder)
    if manifest is None:
        raise FileNotFoundError(str(folder))
    files = {name: held for name, held in manifest.files.items() if name not in without}
    _write(folder, Seal(manifest.about if about is None else about, files))
    for name in without:
        (folder / name).unlink(missing_ok=True)


def discard(folder: Path) -> None:
    """Remove a sealed folder; killed in between, what is left of it is not whole."""
    (folder / MANIFEST).unlink(missing_ok=True)
    shutil.rmtree(folder)


def _write(folder: Path, manifest: Seal) -> None:
    body = {"about": dict(manifest.about), "files": {name: list(held) for name, held in manifest.files.items()}}
    write_json(folder / MANIFEST, {**body, "sha256": _sum(body)})


def _parsed(folder: Path) -> Seal | None:
    document = read_json(folder / MANIFEST)
    if document is None:
        return None
    match document:
        case {"about": dict(about), "files": dict(files), "sha256": str(sum_)}:
            if _sum({"about": about, "files": files}) != sum_:
                return None
            return Seal(about, {name: (held[0], held[1]) for name, held in files.items()})
    return None


def _sum(body: Mapping[str, Any]) -> str:
    """Return the sum of what a manifest says, so that no changed letter of it goes unseen."""
    return hashlib.sha256(json.dumps(body, sort_keys=True, ensure_ascii=False).encode()).hexdigest()


def _sync(path: Path) -> None:
    """Have a file's content, or a folder's names, on the disk; a disk that cannot sync a folder does without."""
    handle = os.open(path, os.O_RDONLY)
    try:
        os.fsync(handle)
    except OSError:
        if path.is_file():
            raise
    finally:
        os.close(handle)
