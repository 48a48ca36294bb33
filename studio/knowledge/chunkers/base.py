"""What a chunker is."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

Span = tuple[int, int]
Tokenize = Callable[[str], list[Span]]


@dataclass(frozen=True)
class Chunker:
    """A way of cutting.

    Args:
        cut: `cut(text, tokenize, size, overlap)` gives the spans of a section's passages, in order; `tokenize` gives
            each token's (start, end) in a text, `size` and `overlap` count tokens, `overlap < size`.
    """

    cut: Callable[[str, Tokenize, int, int], list[Span]]
