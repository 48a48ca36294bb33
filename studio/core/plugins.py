"""Plug-ins of strangers: files in `WORKSPACE/plugins/`, and installed packages with the entry point `medqa_studio.plugins`.

A file runs only after `studio plugins allow NAME`: code that lies in a workspace came with it, perhaps from somebody
else. What is allowed is its content, by hash, written down in the user's own configuration folder and never in the
workspace, which would vouch for itself; the bytes that were hashed are the bytes that run. A file that changes waits
anew. Whoever installed a package has made that decision already.

What is there is looked up once a process, and a file is listed without running it: its sorts are the names in capitals
that it assigns (`LAYOUT`, `SCORER`, ...).
"""

from __future__ import annotations

import ast
import hashlib
import importlib
import os
import sys
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import _lru_cache_wrapper, cache
from importlib import metadata
from pathlib import Path
from types import ModuleType
from typing import Any, Literal, TypeVar

from studio.core.errors import InputError
from studio.core.files import read_json, write_json
from studio.core.text import Text
from studio.core.workspace import config_folder, find_workspace

GROUP = "medqa_studio.plugins"
_MODULE = "medqa_studio_plugins"
_HEAVY = ("torch", "transformers")
_LARGEST = 10_000_000  # bytes

T = TypeVar("T")
State = Literal["allowed", "waiting", "changed", "installed"]

_REMEMBERED: list[_lru_cache_wrapper[Any]] = []


@dataclass(frozen=True)
class Imported:
    """A module, or why it cannot be imported.

    Args:
        module: None where it cannot.
        reason: why not.
        heavy: a library that it imports at its top, which every page and command would wait for.
    """

    module: ModuleType | None
    reason: str = ""
    heavy: str = ""


@dataclass(frozen=True)
class Stranger:
    """A plug-in that did not come with the studio.

    Args:
        name: what recipes call it: the file's or the entry point's.
        holds: the names in capitals that it assigns, each of which makes it a plug-in of a sort.
        state: `allowed`; `waiting` for that; `changed` since it was; `installed` as a package.
        origin: its file, or `package:module`.
        sha256: its content's; empty for a package.
        reason: why it cannot even be read.
    """

    name: str
    holds: tuple[str, ...]
    state: State
    origin: str
    sha256: str = ""
    reason: str = ""

    @property
    def runs(self) -> bool:
        """Whether it may be loaded."""
        return self.state in ("allowed", "installed")


def strangers() -> tuple[Stranger, ...]:
    """Return what is there beside the studio's own, by name; imports none of it."""
    return _found(os.environ.get("STUDIO_WORKSPACE", ""), str(_allowed_file()))


def forget() -> None:
    """Look it all up anew at the next question. What is loaded stays loaded."""
    for kept in (_found, *_REMEMBERED):
        kept.cache_clear()


def remembered(function: Callable[[], T]) -> _lru_cache_wrapper[T]:
    """Keep what a function tells of the plug-ins until `forget`."""
    kept = cache(function)
    _REMEMBERED.append(kept)
    return kept


def stamp() -> object:
    """Return what changes whenever a file is added, changed or removed, or something is allowed or forbidden."""
    folder, allowed = find_workspace().plugins, _allowed_file()
    files = sorted((path.name, path.stat().st_mtime_ns, path.stat().st_size) for path in folder.glob("*.py"))
    return files, allowed.stat().st_mtime_ns if allowed.exists() else 0


def load(stranger: Stranger) -> Imported:
    """Run a stranger's code, once a process."""
    if not stranger.runs:
        return Imported(None, "it is not allowed to run")
    if stranger.state == "installed":
        return import_module(stranger.origin.partition(":")[2])
    return _run(stranger.name, Path(stranger.origin), stranger.sha256)


@cache  # a file that raises is not run again each time somebody asks what there is
def import_module(name: str) -> Imported:
    """Import a module by its dotted name."""
    before = set(sys.modules)
    try:
        module = importlib.import_module(name)
    except (Exception, SystemExit) as error:  # noqa: BLE001  whatever a file does at its top is its own fault
        return Imported(None, f"{type(error).__name__}: {error}")
    return Imported(module, heavy=_heavy(before))


def allow(name: str) -> list[Stranger]:
    """Let the files of a name run, as they are now, in every workspace of this user.

    Raises:
        InputError: there is none of that name in the workspace.
    """
    files = [item for item in strangers() if item.name == name and item.sha256]
    if not files:
        there = ", ".join(sorted({item.name for item in strangers() if item.sha256})) or "-"
        raise InputError(
            Text(
                f"there is no plug-in '{name}' in plugins/; there are: {there}",
                f"plugins/ 里没有插件“{name}”；现有：{there}",
            )
        )
    place = _allowed_file()
    place.parent.mkdir(parents=True, exist_ok=True)
    known = dict(_allowed(place))
    known |= {item.sha256: {"name": item.name, "at": time.strftime("%Y-%m-%dT%H:%M:%S%z")} for item in files}
    write_json(place, known)
    forget()
    return [item for item in strangers() if item.name == name and item.sha256]


def forbid(name: str) -> int:
    """Take back what was allowed by a name; return how many versions that were."""
    place = _allowed_file()
    known = _allowed(place)
    kept = {digest: entry for digest, entry in known.items() if entry.get("name") != name}
    if len(kept) != len(known):
        write_json(place, kept)
    forget()
    return len(known) - len(kept)


def _allowed_file() -> Path:
    """Return where it is written down what may run."""
    return config_folder() / "plugins.json"


def _allowed(place: Path) -> Mapping[str, Mapping[str, object]]:
    known = read_json(place)
    return (
        {digest: entry for digest, entry in known.items() if isinstance(entry, Mapping)}
        if isinstance(known, Mapping)
        else {}
    )


@cache
def _found(_workspace: str, allowed: str) -> tuple[Stranger, ...]:
    known = _allowed(Path(allowed))
    files = sorted(find_workspace().plugins.glob("*.py"))
    found = [_listed(path, known) for path in files if path.is_file() and not path.name.startswith("_")]
    packages = [_packaged(entry) for entry in metadata.entry_points(group=GROUP)]
    return tuple(sorted([*found, *packages], key=lambda item: (item.name, item.origin)))


def _listed(path: Path, known: Mapping[str, Mapping[str, object]]) -> Stranger:
    """Return what a file is, by reading it alone."""
    try:
        if path.stat().st_size > _LARGEST:
            return Stranger(path.stem, (), "waiting", str(path), reason="it is too large")
        content = path.read_bytes()
    except OSError as error:
        return Stranger(path.stem, (), "waiting", str(path), reason=f"it cannot be read ({error.strerror})")
    digest = hashlib.sha256(content).hexdigest()
    before = any(entry.get("name") == path.stem for entry in known.values())
    state: State = "allowed" if digest in known else "changed" if before else "waiting"
    try:
        holds = tuple(dict.fromkeys(_assigned(ast.parse(content))))
    except (SyntaxError, ValueError, RecursionError, MemoryError) as error:
        return Stranger(path.stem, (), state, str(path), digest, f"{type(error).__name__}: {error}")
    return Stranger(path.stem, holds, state, str(path), digest)


def _assigned(tree: ast.Module) -> list[str]:
    """Return the names in capitals that a file's top level assigns."""
    names = []
    for node in tree.body:
        targets = (
            node.targets if isinstance(node, ast.Assign) else [node.target] if isinstance(node, ast.AnnAssign) else []
        )
        names += [target.id for target in targets if isinstance(target, ast.Name)]
    return [name for name in names if name.isupper() and not name.startswith("_")]


def _packaged(entry: metadata.EntryPoint) -> Stranger:
    package = entry.dist.name if entry.dist is not None else ""
    reason = "" if entry.attr else f"write the entry point as {entry.module}:LAYOUT, or what else it holds"
    return Stranger(
        entry.name, (entry.attr,) if entry.attr else (), "installed", f"{package}:{entry.module}", reason=reason
    )


@cache
def _run(name: str, path: Path, digest: str) -> Imported:
    """Run the file of a digest as a module of its own; another content than the one that was allowed never runs."""
    before = set(sys.modules)
    module = ModuleType(f"{_MODULE}.{name}")
    module.__file__ = str(path)
    try:
        content = path.read_bytes()
        if hashlib.sha256(content).hexdigest() != digest:
            return Imported(None, "it has changed since it was looked at")
        sys.modules[module.__name__] = module  # dataclasses and pydantic look a class's module up
        exec(compile(content, str(path), "exec"), module.__dict__)
    except (Exception, SystemExit) as error:  # noqa: BLE001  whatever a stranger's file does at its top is its own fault
        sys.modules.pop(module.__name__, None)
        return Imported(None, f"{type(error).__name__}: {error}")
    return Imported(module, heavy=_heavy(before))


def _heavy(before: set[str]) -> str:
    return next((name for name in _HEAVY if name in sys.modules and name not in before), "")
