from __future__ import annotations

from pathlib import Path

import pytest

from studio.core.errors import InputError
from studio.data.raw import read_raw


def write(folder: Path, name: str, text: str) -> Path:
    path = folder / name
    path.write_text(text, encoding="utf-8")
    return path


def test_jsonl_names_the_line_of_a_bad_row(tmp_path: Path) -> None:
    rows = read_raw(write(tmp_path, "a.jsonl", '{"q": 1}\n\n{"q": \n[1]\n{"q": 2}\n'))
    assert [(row.line, row.fault is None) for row in rows] == [(1, True), (3, False), (4, False), (5, True)]


@pytest.mark.parametrize("name", ["a.json", "a.jsonl", "a.txt"])
def test_the_content_decides_not_the_ending(tmp_path: Path, name: str) -> None:
    for text in ('{"q": 1}\n{"q": 2}\n', '[{"q": 1},\n {"q": 2}]', '{\n"k1": {"q": 1},\n"k2": {"q": 2}\n}'):
        rows = read_raw(write(tmp_path, name, text))
        assert [row.values["q"] for row in rows] == [1, 2], text


def test_an_array_knows_its_lines(tmp_path: Path) -> None:
    rows = read_raw(write(tmp_path, "a.json", '[\n {"q": 1},\n {\n  "q": 2},\n 5\n]\n'))
    assert [(row.line, row.fault is None) for row in rows] == [(2, True), (3, True), (5, False)]


def test_an_array_that_breaks_off_is_no_dataset(tmp_path: Path) -> None:
    with pytest.raises(InputError, match=r"line 3.*breaks off"):
        read_raw(write(tmp_path, "a.json", '[{"q": 1},\n {"q": 2},\n {"q": '))


def test_csv_counts_fields_and_keeps_lines_through_multi_line_cells(tmp_path: Path) -> None:
    rows = read_raw(write(tmp_path, "a.csv", 'q,o\n1,"A x\nB y"\n2\n3,z\n'))
    assert [(row.line, row.fault.en if row.fault else row.values["q"]) for row in rows] == [
        (2, "1"),
        (4, "1 fields, the header has 2"),
        (5, "3"),
    ]


def test_a_file_of_nothing_known(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="neither JSONL"):
        read_raw(write(tmp_path, "a.jsonl", "hello"))
