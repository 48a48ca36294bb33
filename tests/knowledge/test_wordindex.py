from __future__ import annotations

from pathlib import Path

import pytest

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


@pytest.mark.parametrize(
    ("name", "content"),
    [
        *[("params.index.json", content) for content in ("", "{}", "[]", '{"nope": 1}')],
        *[("vocab.index.json", content) for content in ("", "{}", "[]", '["heparin"]', '{"heparin": 0}')],
        *[(f"{part}.csc.index.npy", content) for part in ("data", "indices", "indptr") for content in ("", "torn")],
    ],
)
def test_an_index_with_a_damaged_file_is_not_opened(tmp_path: Path, name: str, content: str) -> None:
    WordIndex.build(TEXTS).save(tmp_path)
    (tmp_path / name).write_text(content)
    with pytest.raises(ValueError, match=r"\S"):
        WordIndex.load(tmp_path)


def test_an_index_with_a_file_missing_is_not_opened(tmp_path: Path) -> None:
    WordIndex.build(TEXTS).save(tmp_path)
    (tmp_path / "data.csc.index.npy").unlink()
    with pytest.raises(ValueError, match=r"data\.csc"):
        WordIndex.load(tmp_path)
