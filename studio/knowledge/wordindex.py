"""The words' index: BM25 over scores computed once, kept on disk and mapped into memory."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np

_NOTHING = "\0"  # stands for a passage without words, so that the vocabulary is never empty


class WordIndex:
    """Finds the passages that share words with a query (BM25, Lucene's variant). Reading from threads is safe."""

    def __init__(self, bm25: Any) -> None:
        self._bm25 = bm25

    @classmethod
    def build(cls, texts: Sequence[list[str]]) -> WordIndex:
        """Index texts given as their words."""
        import bm25s

        bm25 = bm25s.BM25(method="lucene")
        bm25.index([words or [_NOTHING] for words in texts], show_progress=False)
        return cls(bm25)

    @classmethod
    def load(cls, folder: Path) -> WordIndex:
        """Open an index that `save` wrote.

        Raises:
            ValueError: a file of it is missing, torn, or does not fit the others.
        """
        import bm25s

        try:
            bm25 = bm25s.BM25.load(folder, mmap=True, show_progress=False)
            vocabulary, scores = bm25.vocab_dict, bm25.scores
            columns = len(vocabulary) - ("" in vocabulary)  # a word of no letters stands for unknown ones
            whole = isinstance(vocabulary, dict) and isinstance(scores["num_docs"], int)
            fits = len(scores["indptr"]) == columns + 1 and scores["indptr"][-1] == len(scores["data"])
        except (OSError, EOFError, TypeError, AttributeError, LookupError) as error:
            raise ValueError(f"{folder.name}: {error}") from error
        if not (whole and fits and len(scores["data"]) == len(scores["indices"])):
            raise ValueError(f"{folder.name}: its files do not fit together")
        return cls(bm25)

    def save(self, folder: Path) -> None:
        self._bm25.save(folder, show_progress=False)

    def __len__(self) -> int:
        return int(self._bm25.scores["num_docs"])

    def rank(self, words: Sequence[str], count: int) -> list[int]:
        """Return the positions of the passages that hold any of the words, best first, at most `count`."""
        known = [word for word in words if word in self._bm25.vocab_dict]
        if not known:
            return []
        scores = self._bm25.get_scores(known)
        found = np.flatnonzero(scores > 0)
        if len(found) > count:
            # all that reach the last place's score, so that ties are broken below and not by chance
            least = np.partition(scores[found], len(found) - count)[len(found) - count]
            found = found[scores[found] >= least]
        order = np.lexsort((found, -scores[found]))[:count]
        return [int(position) for position in found[order]]
