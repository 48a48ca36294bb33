"""Which files and folders of a run the browser may read."""

from __future__ import annotations

from pathlib import Path

from studio.core.workspace import Workspace
from studio.runs.directory import Run, is_run_id

_PLAIN = ("log.txt", "recipe.yaml", "events.jsonl", "inputs.json")


def find(workspace: Workspace, id: str) -> Run | None:
    """Return a run by its id alone: an id has no path in it."""
    path = workspace.runs / id
    return Run(path) if is_run_id(id) and path.is_dir() else None


def locate(run: Run, path: str) -> Path | None:
    """Return a file inside a run: its log, recipe, events, inputs, or a file within one of its outputs.

    Everything else (a server's token, a checkpoint) and whatever leads outside, by `..` or by a link, is refused.
    """
    root = run.path.resolve()
    target = (root / path).resolve()
    if not target.is_file() or not target.is_relative_to(root):
        return None
    inside = target.relative_to(root)
    if inside.as_posix() in _PLAIN:
        return target
    result = run.result() or {}
    outputs = [(root / str(place)).resolve() for place in (result.get("outputs") or {}).values()]
    allowed = any(root in place.parents and target.is_relative_to(place) for place in outputs)
    return target if allowed else None


def folder(run: Run, name: str) -> Path | None:
    """Return the folder of a named output of a finished run; None where it is none, or lies outside the run."""
    path = run.output(name)
    if path is None or path.is_symlink():
        return None
    inside = run.path.resolve() in path.resolve().parents
    return path if inside and path.is_dir() else None
