from __future__ import annotations

import re
from pathlib import Path

from studio.core.records import Passage
from studio.knowledge.chunkers.token import CHUNKER, TokenOptions
from studio.knowledge.document import Document, Section, join
from studio.knowledge.passages import (
    Cutting,
    fitting,
    passage_id,
    read_passages,
    readable,
    without_repeats,
    write_passages,
)


def tokenize(text: str) -> list[tuple[int, int]]:
    return [match.span() for match in re.finditer(r"\w+|[^\w\s]", text)]


def cutting(size: int = 8, overlap: int = 2) -> Cutting:
    options = TokenOptions.model_construct(chunk_tokens=size, overlap_tokens=overlap)
    return Cutting(CHUNKER, options, tokenize)


def test_passages_are_exact_slices_and_stay_inside_their_section() -> None:
    document = join([("A", "  one two three. " * 9), ("B", "four.\n\n---\n"), ("C", "-----")])
    passages = list(cutting().cut(document, "a.txt"))
    assert all(document.text[p.start : p.start + len(p.content)] == p.content == p.content.strip() for p in passages)
    assert {p.title for p in passages} == {"A", "B"}
    assert passages[-1].content == "four.\n\n---"
    assert not any("four" in p.content for p in passages if p.title == "A")


def test_ids_depend_on_content_alone() -> None:
    longer = Document("x. Same text here.", (Section("T", 0, 2), Section("T", 3, 18)))
    short = Document("Same text here.", (Section("T", 0, 15),))
    ids = [p.id for p in cutting().cut(longer, "a.txt")]
    assert [p.id for p in cutting().cut(short, "a.txt")] == ids[1:]
    assert passage_id("a.txt", "T", "x") != passage_id("b.txt", "T", "x") != passage_id("b.txt", "U", "x")


def test_repeats_within_a_source_are_kept_once() -> None:
    document = join([("", "same"), ("", "other"), ("", "same")])
    passages = [*cutting().cut(document, "a"), *cutting().cut(document, "b")]
    assert [(p.source, p.content) for p in without_repeats(passages)] == [
        ("a", "same"), ("a", "other"), ("b", "same"), ("b", "other")
    ]  # fmt: skip


def test_what_is_searched_by_has_the_title_once() -> None:
    def passage(title: str, content: str) -> Passage:
        return Passage(id="1", title=title, content=content, source="s")

    assert readable(passage("Heparin", "Protamine.")) == "Heparin\nProtamine."
    assert readable(passage("Why?", "Why?\nBecause.")) == "Why?\nBecause."
    assert readable(passage("A long quest…", "A long question?\nYes.")) == "A long question?\nYes."


def test_a_title_that_would_push_text_out_is_left_off() -> None:
    passage = Passage(id="1", title="one two three", content="four five six", source="s")

    def count(text: str) -> int:
        return len(text.split())

    assert fitting(passage, count, size=3, longest=6) == "one two three\nfour five six"
    assert fitting(passage, count, size=5, longest=6) == "one two three\nfour five six"
    assert fitting(passage, count, size=5, longest=5) == "four five six"


def test_passages_come_back_as_written(tmp_path: Path) -> None:
    passages = list(cutting().cut(join([("标题", "正文\u2028一。")]), "文.txt"))
    write_passages(tmp_path / "p.jsonl", passages)
    assert read_passages(tmp_path / "p.jsonl") == passages
