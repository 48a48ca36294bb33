from __future__ import annotations

import json
import time
from pathlib import Path

import pytest

from studio.core.errors import InputError
from studio.knowledge.document import Document
from studio.knowledge.json_rows import text_of
from studio.knowledge.sources import READERS


def read(folder: Path, name: str, text: str | bytes) -> Document:
    path = folder / name
    path.write_bytes(text if isinstance(text, bytes) else text.encode())
    suffix = path.suffix.lower()
    return next(reader for reader in READERS.all().values() if suffix in reader.suffixes).read(path)


def parts(document: Document) -> list[tuple[str, str]]:
    return [(s.title, document.text[s.start : s.end].strip()) for s in document.sections]


@pytest.mark.parametrize("name", READERS.names())
def test_a_readers_example_gives_what_it_says(name: str, tmp_path: Path) -> None:
    reader = READERS.load(name)
    assert parts(read(tmp_path, f"example{reader.suffixes[0]}", reader.example)) == list(reader.gives)


def test_text_in_gb18030_with_dos_line_ends(tmp_path: Path) -> None:
    document = read(tmp_path, "old.txt", "肝素过量用鱼精蛋白。\r\n华法林过量用维生素K。".encode("gb18030"))
    assert document.text == "肝素过量用鱼精蛋白。\n华法林过量用维生素K。"


def test_text_is_divided_by_chapter_lines_and_loses_none(tmp_path: Path) -> None:
    text = "序言在前。\n<篇名>甲书\n<篇名>上篇\n甲。\n第2节 剂量\n乙。\nChapter 3 Doses\nC.\n第一章讲的是，见后文。\n第四章 空\n"
    document = read(tmp_path, "book.txt", text)
    assert parts(document) == [
        ("", "序言在前。"),
        ("上篇", "<篇名>甲书\n<篇名>上篇\n甲。"),
        ("第2节 剂量", "第2节 剂量\n乙。"),
        ("Chapter 3 Doses", "Chapter 3 Doses\nC.\n第一章讲的是，见后文。\n第四章 空"),
    ]
    assert "".join(document.text[s.start : s.end] for s in document.sections) == text


def test_text_that_is_one_object_a_line_is_rows(tmp_path: Path) -> None:
    rows = [{"问": "头痛怎么办?", "答": "先休息。"}, {"问": "发热呢?", "答": "多喝水。"}]
    document = read(tmp_path, "corpus.txt", "\n".join(json.dumps(row, ensure_ascii=False) for row in rows))
    assert parts(document) == [("头痛怎么办?", "头痛怎么办?\n先休息。"), ("发热呢?", "发热呢?\n多喝水。")]


@pytest.mark.parametrize("name", ["rows.json", "rows.jsonl"])
@pytest.mark.parametrize("layout", ["lines", "array", "keyed", "wrapped"])
def test_json_rows_in_every_layout_under_either_name(name: str, layout: str, tmp_path: Path) -> None:
    rows = [{"title": f"T{n}", "content": f"Fact number {n}."} for n in range(3)]
    text = {
        "lines": "\n".join(map(json.dumps, rows)),
        "array": json.dumps(rows, indent=1),
        "keyed": json.dumps({f"k{n}": row for n, row in enumerate(rows)}),
        "wrapped": json.dumps({"version": 2, "data": rows}),
    }[layout]
    assert parts(read(tmp_path, name, text)) == [(f"T{n}", f"Fact number {n}.") for n in range(3)]


def test_rows_without_text_and_torn_lines_are_counted(tmp_path: Path) -> None:
    document = read(
        tmp_path, "a.jsonl", '{"text": "one"}\n{"id": "7"}\n\n{"text": "tor\n{"title": "only"}\n{"text": "two"}\n'
    )
    assert [content for _, content in parts(document)] == ["one", "two"]
    assert (document.lost, document.torn) == ((2, 5), (4,))


def test_a_line_separator_inside_a_string_parts_no_row(tmp_path: Path) -> None:
    document = read(tmp_path, "a.jsonl", '{"text": "a\u2028b"}\n{"text": "c"}\n')
    assert parts(document) == [("", "a\u2028b"), ("", "c")]


def test_broken_json_names_its_place(tmp_path: Path) -> None:
    with pytest.raises(InputError, match=r"broken.json: .*line 3 column"):
        read(tmp_path, "broken.json", '[\n {"text": "a"},\n {"text" "b"}\n]')


@pytest.mark.parametrize("text", ["[" * 100_000, '{"a":' * 980 + '"text"' + "}" * 980])
def test_json_that_is_nested_too_deeply_is_named_as_such(text: str, tmp_path: Path) -> None:
    with pytest.raises(InputError, match=r"deep\.json: the JSON is nested too deeply"):
        read(tmp_path, "deep.json", text)


def test_a_line_that_is_nested_too_deeply_is_a_torn_one(tmp_path: Path) -> None:
    document = read(tmp_path, "a.jsonl", '{"text": "one"}\n' + "[" * 100_000 + '\n{"text": "two"}\n')
    assert [content for _, content in parts(document)] == ["one", "two"]
    assert document.torn == (2,)


def test_lists_of_rows_by_split_are_rows(tmp_path: Path) -> None:
    splits = {"train": [{"text": "one"}, {"text": "two"}], "test": [{"text": "three"}], "val": [], "version": "1"}
    document = read(tmp_path, "a.json", json.dumps(splits))
    assert [content for _, content in parts(document)] == ["one", "two", "three"]
    row = {"question": "Which drug?", "options": [{"text": "heparin"}], "references": [{"text": "A book."}]}
    assert len(read(tmp_path, "b.json", json.dumps(row)).sections) == 1


def test_a_whole_book_in_one_row_is_read_at_once(tmp_path: Path) -> None:
    book = {"title": "Book", "chapters": [f"{n}. {'Protamine reverses heparin. ' * 9}" for n in range(20_000)]}
    began = time.monotonic()
    assert len(read(tmp_path, "book.json", json.dumps([book])).sections) == 1
    assert time.monotonic() - began < 10


@pytest.mark.parametrize(
    ("row", "expected"),
    [
        ("bare", ("", "bare")),
        ({"id": "1", "title": "A", "content": "x y z", "contents": "A. x y z"}, ("A", "x y z")),
        ({"content": "Text.", "department": "cardiology"}, ("", "Text.")),
        ({"name": "肺炎", "desc": "肺部感染。", "symptom": ["咳嗽", "发热"]}, ("肺炎", "肺部感染。\n咳嗽; 发热")),
        (
            {"title": "例", "description": "病史。", "QA": [{"question": "诊断?", "answer": "疝。"}]},
            ("例", "病史。\n诊断?\n疝。"),
        ),
        ({"drug": "heparin", "antidote": "protamine"}, ("", "heparin\nprotamine")),
        ({"messages": [{"role": "user", "content": "Why?"}]}, ("", "Why?")),
        ({"title": "only a title"}, ("only a title", "")),
        ({"text": "lone \ud800 surrogate"}, ("", "lone \ufffd surrogate")),
        (7, ("", "")),
    ],
)
def test_the_text_of_a_row(row: object, expected: tuple[str, str]) -> None:
    assert text_of(row) == expected


def test_a_long_unknown_field_is_text_and_a_long_question_a_short_title() -> None:
    note = "An observation that somebody wrote down at some length."
    assert text_of({"content": "Fact.", "remark": note}) == ("", f"Fact.\n{note}")
    assert len(text_of({"question": "why " * 60, "answer": "so"})[0]) <= 80


def test_markdown_headings_become_titles(tmp_path: Path) -> None:
    text = """---
title: Book
---
Before all.

# Antidotes ##

Intro.

## **Heparin** and [UFH](https://example.org)

Protamine.

```sh
# no heading
```

Warfarin
--------
Vitamin K.

a paragraph
of two lines
---
after a rule

### Deep
#hashtag is text

# Empty
# Last
End.
"""
    assert parts(read(tmp_path, "a.md", text)) == [
        ("", "Before all."),
        ("Antidotes", "Intro."),
        ("Antidotes › Heparin and UFH", "Protamine.\n\n```sh\n# no heading\n```"),
        ("Antidotes › Warfarin", "Vitamin K.\n\na paragraph\nof two lines\n---\nafter a rule"),
        ("Antidotes › Warfarin › Deep", "#hashtag is text"),
        ("Last", "End."),
    ]


def test_markdown_of_headings_alone_has_no_sections(tmp_path: Path) -> None:
    assert parts(read(tmp_path, "a.md", "# A\n## B\n\n# C\n")) == []


def test_form_feeds_begin_pages(tmp_path: Path) -> None:
    assert read(tmp_path, "a.txt", "one\n\ftwo\n").pages == (0, 5)
    assert read(tmp_path, "b.txt", "one\n").pages == ()
