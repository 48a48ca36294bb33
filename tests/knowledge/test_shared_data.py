"""Public textbooks and corpora beside the checkout, where they are: read whole, cut into exact slices."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from studio.core.errors import InputError
from studio.knowledge.passages import CHUNKERS, Cutting
from studio.knowledge.sources import find_sources

SECTIONS = {
    "textbooks/guideline_paragraphs.json": 30,
    "textbooks/gray_anatomy_paragraphs.jsonl": 101,
    "textbooks/medical_corpus_wen_da.txt": 87,
    "textbooks/cmb_clinical_cases.json": 74,
    "textbooks/shanghanlun.gb18030.txt": 11,
    "pubmedqa/ori_pqal.json": 1000,
    "medmcqa/medmcqa_dev_200.json": 200,
}


def tokenize(text: str) -> list[tuple[int, int]]:
    return [match.span() for match in re.finditer(r"[\u4e00-\u9fff]|[A-Za-z]+|\d+|[^\w\s]", text)]


@pytest.mark.parametrize("name", SECTIONS)
def test_every_row_and_chapter_is_read(name: str, shared_data: Path) -> None:
    path = shared_data / name
    if not path.exists():
        pytest.skip("the public files are not here")
    source = find_sources([path]).sources[0]
    document = source.read()
    assert len(document.sections) == SECTIONS[name]
    assert (document.lost, document.torn) == ((), ())
    passages = list(Cutting(CHUNKERS.load("token"), tokenize, 128, 64).cut(document, source.name))
    assert all(document.text[p.start : p.start + len(p.content)] == p.content for p in passages)
    assert all(len(tokenize(p.content)) <= 128 for p in passages)


def test_a_pointer_is_refused(shared_data: Path) -> None:
    path = shared_data / "lfs" / "medical_qa.json.lfs-pointer"
    if not path.exists():
        pytest.skip("the public files are not here")
    with pytest.raises(InputError, match="Git LFS"):
        find_sources([path])
