"""Something that a recipe names, as the work that uses it takes it."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from studio.core.files import sha256_tree


@dataclass(frozen=True)
class NamedInput:
    """A folder or file: how a recipe writes it, where it lies, and what it holds.

    Args:
        given: as the recipe writes it.
        path: its absolute path.
        sha256: of its content, as `core.files.sha256_tree` reads it.
    """

    given: str
    path: Path
    sha256: str

    @classmethod
    def at(cls, path: Path) -> NamedInput:
        """Return what lies at a path, for work without a run."""
        return cls(str(path), path.absolute(), sha256_tree(path))
