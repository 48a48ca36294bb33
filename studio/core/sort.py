"""A sort of thing that recipes name: what it is called, and what tells a folder of it from any other."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from studio.core.text import Text
from studio.core.workspace import Workspace


@dataclass(frozen=True)
class Shelf:
    """Where things of a sort lie that no run made.

    Args:
        names: what lies there, by the names that recipes use.
        find: the folder that a name or hub id means there; None where it means nothing.
        absent: what to do where nothing is here by a name.
    """

    names: Callable[[Workspace], list[str]]
    find: Callable[[Workspace, str], Path | None]
    absent: Callable[[str], Text]


@dataclass(frozen=True)
class Sort:
    """A sort of thing, declared by the kinds whose runs make it; several kinds may make one.

    Args:
        name: what a recipe's field refers to: `refers="model"`.
        noun: what a user calls one.
        holds: the files of which a folder of the sort has at least one.
        shelf: where others lie, if anywhere.
    """

    name: str
    noun: Text
    holds: tuple[str, ...]
    shelf: Shelf | None = None
