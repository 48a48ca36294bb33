"""What an embedding model is to this package, and how one is recognised."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from studio.knowledge.chunkers.base import Span

Vectors = NDArray[np.float32]


class Embedder(Protocol):
    """A loaded embedding model. Not safe to share between threads: callers take turns."""

    @property
    def dimension(self) -> int:
        """Length of a vector."""

    @property
    def max_tokens(self) -> int:
        """Longest text it reads, in tokens, its own special ones not counted; what is longer is cut off."""

    @property
    def batch_size(self) -> int:
        """Texts it takes at once."""

    @property
    def reads_han(self) -> bool:
        """Whether its vocabulary holds Chinese; an English model sees only unknown tokens there."""

    def offsets(self, text: str) -> list[Span]:
        """Return each token's (start, end) in the text, in order."""

    def embed_passages(self, texts: Sequence[str]) -> Vectors:
        """Return one normalised vector a text: float32, shape (texts, dimension)."""

    def embed_queries(self, texts: Sequence[str]) -> Vectors:
        """The same for queries, with the instruction that the model wants before them."""


@dataclass(frozen=True)
class Family:
    """A family of embedding models.

    Args:
        fits: how surely a folder is of this family; 0 is not at all. The surest family loads it.
        load: loads a folder; imports what is heavy itself.
    """

    fits: Callable[[Path], int]
    load: Callable[[Path], Embedder]
