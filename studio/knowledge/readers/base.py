"""What a reader is."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from studio.knowledge.document import Document


@dataclass(frozen=True)
class Reader:
    """A format.

    Args:
        suffixes: the file names it reads, lower case, each with its dot.
        read: gives the document of a file; raises InputError where the file is no such thing.
        example: the smallest file that shows what it does.
        gives: the sections of the example as (title, content).
    """

    suffixes: tuple[str, ...]
    read: Callable[[Path], Document]
    example: str
    gives: tuple[tuple[str, str], ...]
