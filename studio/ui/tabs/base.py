"""What a tab of the page is."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from studio.core.text import Text
from studio.ui.place import Place


@dataclass(frozen=True)
class Tab:
    """One tab.

    Args:
        order: its place from the left.
        title: what stands on it.
        build: makes its components inside the open Blocks.
        summary: what one does there, in half a sentence for Home; None where Home does not lead to it.
    """

    order: int
    title: Text
    build: Callable[[Place], None]
    summary: Text | None = None
