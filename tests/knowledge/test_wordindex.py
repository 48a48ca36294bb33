from __future__ import annotations

from pathlib import Path

from studio.knowledge.wordindex import WordIndex

TEXTS = [["heparin", "protamine"], ["warfarin", "vitamin"], [], ["heparin", "protamine"], ["heparin"] * 3]


def test_ranks_by_shared_words_with_ties_in_reading_order(tmp_path: Path) -> None:
    WordIndex.build(TEXTS).save(tmp_path / "bm25")
    index = WordIndex.load(tmp_path / "bm25")
    assert len(index) == 5
    assert index.rank(["protamine"], 5) == [0, 3]
    assert index.rank(["protamine"], 1) == [0]
    assert index.rank(["vitamin", "unknown"], 5) == [1]
    assert index.rank(["unknown"], 5) == index.rank([], 5) == []


def test_passages_without_any_word_can_be_indexed() -> None:
    assert WordIndex.build([[], []]).rank(["x"], 3) == []
