"""What is on offer where a field names something: what is here, asked anew each time."""

from __future__ import annotations

from studio.core.workspace import Workspace
from studio.runs.names import names_of
from studio.ui.form.field import Field

_MOST_FILES = 200


def choices(workspace: Workspace, field: Field) -> list[str]:
    """Return what a field may name now; free entry stays possible beside it."""
    return uploads(workspace) if field.refers == "file" else names_of(workspace, field.refers)


def uploads(workspace: Workspace) -> list[str]:
    """Return the uploaded files, newest first, as recipes write them."""
    files = [path for path in workspace.uploads.glob("*/*") if path.is_file() and not path.parent.name.startswith(".")]
    files.sort(key=lambda path: path.stat().st_mtime, reverse=True)
    return [path.relative_to(workspace.root).as_posix() for path in files[:_MOST_FILES]]
