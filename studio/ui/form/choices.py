"""What is on offer where a field names something: what is here, asked anew each time."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from studio.core.settings import Workspace
from studio.models import names
from studio.ui.form.field import Field

_HERE: Mapping[str, Callable[[Workspace], list[str]]] = {
    "dataset": names.dataset_names,
    "model": names.model_names,
    "embedder": names.embedder_names,
    "knowledge": names.knowledge_names,
}
_MOST_FILES = 200


def choices(workspace: Workspace, field: Field) -> list[str]:
    """Return what a field may name now; free entry stays possible beside it."""
    if field.refers in _HERE:
        return _HERE[field.refers](workspace)
    if field.refers == "file":
        return uploads(workspace)
    return []


def uploads(workspace: Workspace) -> list[str]:
    """Return the uploaded files, newest first, as recipes write them."""
    files = [path for path in workspace.uploads.glob("*/*") if path.is_file() and not path.parent.name.startswith(".")]
    files.sort(key=lambda path: path.stat().st_mtime, reverse=True)
    return [path.relative_to(workspace.root).as_posix() for path in files[:_MOST_FILES]]
