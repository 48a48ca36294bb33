"""The vectors' index: exact inner products, which FAISS's flat index gives fast enough to about 500,000 passages."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np

from studio.knowledge.embedders.base import Vectors


class VectorIndex:
    """Finds the nearest of normalised vectors. Reading from several threads is safe."""

    def __init__(self, index: Any) -> None:
        self._index = index

    @classmethod
    def build(cls, vectors: Vectors) -> VectorIndex:
        """Index vectors of shape (passages, dimension)."""
        import faiss

        index = faiss.IndexFlatIP(vectors.shape[1])
        index.add(vectors)
        return cls(index)

    @classmethod
    def load(cls, path: Path) -> VectorIndex:
        import faiss

        return cls(faiss.read_index(str(path)))

    def save(self, path: Path) -> None:
        """Write the index. Serialised first: FAISS's own writer turns a full disk into a RuntimeError."""
        import faiss

        faiss.serialize_index(self._index).tofile(path)

    @property
    def dimension(self) -> int:
        return int(self._index.d)

    def __len__(self) -> int:
        return int(self._index.ntotal)

    def rank(self, query: Vectors, count: int) -> list[int]:
        """Return the positions of the nearest passages to one query of shape (1, dimension), best first."""
        scores, positions = self._index.search(query, min(count, len(self)))
        order = np.lexsort((positions[0], -scores[0]))
        return [int(position) for position in positions[0][order]]
