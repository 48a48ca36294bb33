"""Public textbooks and corpora beside the checkout, where they are: read whole, cut into exact slices."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from studio.core.errors import InputError
from studio.knowledge.chunkers.token import CHUNKER, TokenOptions
from studio.knowledge.passages import Cutting
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


def test_every_row_and_chapter_is_read(shared_data: Path) -> None:
    """Whichever of the files lie beside the checkout; the readers' own examples are tested everywhere."""
    for name, sections in SECTIONS.items():
        if not (shared_data / name).exists():
            continue
        source = find_sources([shared_data / name]).sources[0]
        document = source.read()
        assert len(document.sections) == sections, name
        assert (document.lost, document.torn) == ((), ()), name
        passages = list(Cutting(CHUNKER, TokenOptions(), tokenize).cut(document, source.name))
        assert all(document.text[p.start : p.start + len(p.content)] == p.content for p in passages), name
        assert all(len(tokenize(p.content)) <= 128 for p in passages), name


def test_a_pointer_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "book.json"
    path.write_text("version https://git-lfs.github.com/spec/v1\noid sha256:0\nsize 9\n")
    with pytest.raises(InputError, match="Git LFS"):
        find_sources([path])
