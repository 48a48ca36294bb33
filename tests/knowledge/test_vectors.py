from __future__ import annotations

from pathlib import Path

import numpy as np

from studio.knowledge.vectors import VectorIndex


def test_ranks_by_inner_product_after_a_round_trip(tmp_path: Path) -> None:
    vectors = np.eye(4, dtype=np.float32)
    VectorIndex.build(vectors).save(tmp_path / "vectors.faiss")
    index = VectorIndex.load(tmp_path / "vectors.faiss")
    assert (len(index), index.dimension) == (4, 4)
    query = np.array([[0.1, 0.9, 0.0, 0.3]], dtype=np.float32)
    assert index.rank(query, 3) == [1, 3, 0]
    assert len(index.rank(query, 50)) == 4
