from __future__ import annotations

from pathlib import Path

import pytest

from studio.core.errors import InputError
from studio.data.raw import RawRow, read_raw


def write(folder: Path, name: str, text: str) -> Path:
    path = folder / name
    path.write_text(text, encoding="utf-8")
    return path


def rows_of(path: Path) -> list[RawRow]:
    return read_raw(path).rows


def test_jsonl_names_the_line_of_a_bad_row(tmp_path: Path) -> None:
    rows = rows_of(write(tmp_path, "a.jsonl", '{"q": 1}\n\n{"q": \n[1]\n{"q": 2}\n'))
    assert [(row.line, row.fault is None) for row in rows] == [(1, True), (3, False), (4, False), (5, True)]


@pytest.mark.parametrize("name", ["a.json", "a.jsonl", "a.txt"])
def test_the_content_decides_not_the_ending(tmp_path: Path, name: str) -> None:
    for text in ('{"q": 1}\n{"q": 2}\n', '[{"q": 1},\n {"q": 2}]', '{\n"k1": {"q": 1},\n"k2": {"q": 2}\n}'):
        rows = rows_of(write(tmp_path, name, text))
        assert [row.values["q"] for row in rows] == [1, 2], text


def test_an_array_knows_its_lines(tmp_path: Path) -> None:
    rows = rows_of(write(tmp_path, "a.json", '[\n {"q": 1},\n {\n  "q": 2},\n 5\n]\n'))
    assert [(row.line, row.fault is None) for row in rows] == [(2, True), (3, True), (5, False)]


def test_an_array_that_breaks_off_is_no_dataset(tmp_path: Path) -> None:
    with pytest.raises(InputError, match=r"line 3.*breaks off"):
        rows_of(write(tmp_path, "a.json", '[{"q": 1},\n {"q": 2},\n {"q": '))


def test_an_array_cut_between_its_objects_is_no_dataset(tmp_path: Path) -> None:
    with pytest.raises(InputError, match=r"line 3.*breaks off"):
        read_raw(write(tmp_path, "a.json", '[\n {"q": 1},\n {"q": 2},'))


def test_what_follows_an_array_is_not_left_out(tmp_path: Path) -> None:
    with pytest.raises(InputError, match=r"line 2.*follows the end"):
        read_raw(write(tmp_path, "a.json", '[{"q": 1}]\n{"q": 2}\n'))


def test_half_a_character_costs_its_row_alone(tmp_path: Path) -> None:
    text = '{"q": "good \\ud83d\\ude00"}\n{"q": {"in": ["bad \\ud83d"]}}\n{"q": "\\\\ud83d as text"}\n'
    rows = rows_of(write(tmp_path, "a.jsonl", text))
    assert [(row.line, row.fault.en if row.fault else None) for row in rows] == [
        (1, None),
        (2, "half a character (\\ud83d): the text was cut"),
        (3, None),
    ]


def test_a_csv_field_too_long_to_read_costs_its_row_alone(tmp_path: Path) -> None:
    rows = rows_of(write(tmp_path, "a.csv", f'q,a\n1,x\n2,"{"长" * 140_000}"\n3,z\n'))
    assert [(row.line, row.fault.en if row.fault else row.values["q"]) for row in rows] == [
        (2, "1"),
        (3, "a field holds more than 131,072 characters"),
        (4, "3"),
    ]


@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
def test_lines_may_end_as_any_system_ends_them(tmp_path: Path, end: str) -> None:
    for name, lines in (("a.csv", ["q,a", "1,x", "2,y", ""]), ("a.jsonl", ['{"q": "1"}', "", '{"q": "2"}', ""])):
        path = tmp_path / name
        path.write_bytes(end.join(lines).encode())
        assert [(row.values["q"], row.line) for row in rows_of(path)] == [("1", 2 - (name[2:] != "csv")), ("2", 3)]


def test_a_quote_that_is_not_closed_swallows_no_rows(tmp_path: Path) -> None:
    rows = "".join(f"r{n},b{n}\n" for n in range(50))
    with pytest.raises(InputError, match=r"line 3.*not closed"):
        read_raw(write(tmp_path, "a.csv", f'q,a\nq0,a0\nq1,"a1 never closed\n{rows}'))
    with pytest.raises(InputError, match=r"line 3.*not doubled"):
        read_raw(write(tmp_path, "b.csv", f'q,a\nq0,a0\nq1,"a1 never closed\n{rows}q2,"a2"\n'))


def test_a_quote_that_is_not_doubled_costs_its_row_alone(tmp_path: Path) -> None:
    rows = rows_of(write(tmp_path, "a.csv", 'q,a\n1,"he said "hi" to me"\n2,"said ""hi"""\n3,5" long\n4,"end'))
    assert [row.fault.en if row.fault else row.values["a"] for row in rows] == [
        "a quotation mark inside a quoted field is not doubled",
        'said "hi"',
        '5" long',
        "a quoted field is not closed",
    ]


@pytest.mark.parametrize("header", ["question,answer,answer", "question, Answer ,answer"])
def test_columns_of_one_name_are_refused(tmp_path: Path, header: str) -> None:
    with pytest.raises(InputError, match=r"line 1: columns with the same name: answer"):
        read_raw(write(tmp_path, "a.csv", f"{header}\nq,a,b\n"))


def test_csv_counts_fields_and_keeps_lines_through_multi_line_cells(tmp_path: Path) -> None:
    rows = rows_of(write(tmp_path, "a.csv", 'q,o\n1,"A x\nB y"\n2\n3,z\n'))
    assert [(row.line, row.fault.en if row.fault else row.values["q"]) for row in rows] == [
        (2, "1"),
        (4, "1 fields, the header has 2"),
        (5, "3"),
    ]


def test_columns_without_a_name_may_be_several(tmp_path: Path) -> None:
    assert rows_of(write(tmp_path, "a.csv", ",q,a,,\n0,1,2,,\n"))[0].values["q"] == "1"


def test_a_file_of_nothing_known(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="looks like plain text"):
        rows_of(write(tmp_path, "a.jsonl", "hello"))
