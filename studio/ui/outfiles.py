"""Which files of a run the browser may read."""

from __future__ import annotations

from pathlib import Path

from studio.runs.directory import Run

_PLAIN = ("log.txt", "recipe.yaml", "events.jsonl", "inputs.json")


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
