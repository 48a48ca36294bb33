"""Any file as rows: what it holds decides, each row knows its line, and what is wrong is named."""

from __future__ import annotations

import datetime
import gzip
import json
import os
import pickle
import sqlite3
import tracemalloc
import zipfile
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from openpyxl import Workbook

from studio.core.errors import InputError
from studio.data.openers import OPENERS
from studio.data.raw import RawFile, RawRow, Reading, open_raw, read_raw, suffixes
from tests.data.files import FORMATS, xlsx

SHAPES = Path(__file__).with_name("shapes")
ROWS = [{"question": f"第{n}号药的用途是什么？", "answer": f"治疗病{n}。"} for n in range(5)]

# characters that every format keeps: a workbook has no control characters, and ends of lines are `\n` in all
_TEXTS = st.text(st.characters(exclude_categories=["Cs", "Cc"], exclude_characters="\ufeff\uffff\ufffe"), max_size=30)
_NAMES = st.text(st.sampled_from("abcdefgh题目答案"), min_size=1, max_size=8)


def write(folder: Path, name: str, content: bytes | str) -> Path:
    path = folder / name
    path.write_bytes(content if isinstance(content, bytes) else content.encode())
    return path


def values(raw: RawFile[list[RawRow]]) -> list[dict[str, object]]:
    assert all(row.fault is None for row in raw.rows), raw.rows
    return [row.values for row in raw.rows]


def refusal(path: Path, reading: Reading | None = None) -> InputError:
    with pytest.raises(InputError) as caught:
        read_raw(path, reading)
    assert caught.value.to("zh") != caught.value.to("en")
    return caught.value


def test_every_opener_loads() -> None:
    assert OPENERS.broken() == []
    assert {".jsonl", ".json", ".csv", ".tsv", ".txt", ".xlsx", ".parquet", ".xml", ".zip"} <= set(suffixes())


@settings(max_examples=8, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    st.lists(_NAMES, min_size=2, max_size=4, unique=True).flatmap(
        lambda names: st.lists(
            st.fixed_dictionaries({name: _TEXTS.map(lambda text: f"x{text.strip()}x") for name in names}),
            min_size=1,
            max_size=4,
        )
    )
)
def test_rows_come_back_the_same_from_every_format(tmp_path: Path, rows: list[dict[str, str]]) -> None:
    for name, save in FORMATS.items():
        path = tmp_path / name
        save(path, rows)
        # of a table with random values nobody can tell whether it has a header; how JSON stands is told by its look
        reading = Reading(header="yes", path="data.rows" if name == "wrapped.json" else "")
        raw = read_raw(path, reading)
        wanted = [{"id": f"k{n}", **row} for n, row in enumerate(rows)] if name == "by_key.json" else rows
        if len(rows) > 1 or name not in ("by_key.json", "printed.json"):
            assert values(raw) == wanted, name


@pytest.mark.parametrize("name", FORMATS)
def test_usual_rows_need_no_word_said_about_their_format(tmp_path: Path, name: str) -> None:
    FORMATS[name](tmp_path / name, ROWS)
    got = values(read_raw(tmp_path / name))
    assert [{key: row[key] for key in ("question", "answer")} for row in got] == ROWS
    (tmp_path / name).rename(tmp_path / "file.dat")  # the ending says nothing
    assert len(read_raw(tmp_path / "file.dat").rows) == 5


@pytest.mark.parametrize(
    ("name", "lines", "faults"),
    [
        ("broken/dict_small_keys.json", [2, 7, 11], {}),
        ("broken/utf8_onebad.jsonl", [1, 2, 3], {2: "a byte that is no UTF-8"}),
        ("broken/rawnul_late.jsonl", [1, 2], {2: "zero bytes (NUL) between the characters"}),
        ("broken/rtl_emoji.jsonl", [1, 2, 3, 4, 5], {5: "a byte that is no UTF-8"}),
        ("broken/csv_wide_rows.csv", [2, 3, 4, 5, 6, 7], dict.fromkeys(range(2, 7), "3 fields, the header has 2")),
        ("broken/truncated.jsonl", [1, 2], {2: "not valid JSON"}),
        ("broken/crlf_cr.jsonl", [1, 2], {}),
        ("broken/trailing_comma.json", [1], {}),
        ("broken/deep.jsonl", [1], {}),
        ("shapes/bioasq.json", [3, 18, 33, 48, 63, 78], {}),
        ("shapes/meddialog.txt", [1, 12, 23, 34, 45, 56], {}),
    ],
)
def test_rows_know_their_lines(name: str, lines: list[int], faults: dict[int, str]) -> None:
    rows = read_raw(SHAPES / name).rows
    assert [row.line for row in rows] == lines
    assert {row.line: row.fault.en for row in rows if row.fault} == faults


@pytest.mark.parametrize(
    ("name", "noted"),
    [
        ("broken/wrapped.json", "the rows stand at 'data'"),
        ("broken/columns_lists.json", "the file holds columns"),
        ("broken/columns_oriented.json", "the file holds columns"),
        ("broken/semicolon.csv", "the fields are parted by semicolons"),
        ("broken/tab_in.csv", "the fields are parted by tabs"),
        ("broken/big5.csv", "the text was read as BIG5"),
        ("broken/latin1.csv", "the text was read as CP1252"),
        ("broken/utf16le_nobom.csv", "the text was read as UTF-16-LE"),
        ("shapes/medquad.xml", "each <QAPair> is a row (path: Document/QAPairs/QAPair)"),
    ],
)
def test_what_was_assumed_is_said(name: str, noted: str) -> None:
    raw = read_raw(SHAPES / name)
    assert [note for note in raw.notes if note.en.startswith(noted)]
    assert all(note.zh != note.en for note in raw.notes)
    assert {"question", "Question", "body"} & set(raw.rows[0].values)


def test_what_the_encodings_hold_is_read() -> None:
    assert values(read_raw(SHAPES / "broken/big5.csv"))[0]["question"] == "高血壓患者的飲食應該注意什麼問題"
    assert values(read_raw(SHAPES / "broken/utf16le_nobom.csv"))[0]["answer"] == "甲病"
    assert "paracétamol chez l’adulte" in str(values(read_raw(SHAPES / "broken/latin1.csv"))[0])


def test_an_encoding_that_cannot_be_told_is_asked_for(tmp_path: Path) -> None:
    path = write(tmp_path, "a.csv", "question,answer\nПациент жалуется на боль,Анальгин\n".encode("cp1251"))
    said = refusal(path).to("en")
    assert "encoding" in said
    assert "cp1251" in said
    assert values(read_raw(path, Reading(encoding="cp1251")))[0]["answer"] == "Анальгин"
    assert "no encoding 'klingon'" in refusal(path, Reading(encoding="klingon")).to("en")


@pytest.mark.parametrize("encoding", ["gb18030", "utf-16"])
def test_a_large_file_in_another_encoding_is_turned_no_further_than_it_is_read(tmp_path: Path, encoding: str) -> None:
    line = json.dumps({"question": "高血压用什么药？" * 100, "answer": "卡托普利"}, ensure_ascii=False)
    path = write(tmp_path, "a.jsonl", "\n".join([line] * 10_000).encode(encoding))
    rows = open_raw(path).rows
    first = next(rows)
    os.truncate(path, path.stat().st_size // 2)
    seen = list(rows)
    assert first.values == json.loads(line)
    assert 4_000 < len(seen) < 6_000


def test_a_wrong_byte_of_gb18030_costs_its_row(tmp_path: Path) -> None:
    text = "question,answer\n" + "高血压首选什么药物治疗？,氨氯地平\n" * 3
    rows = read_raw(write(tmp_path, "a.csv", text.encode("gb18030") + b"\xff\xff,b\n")).rows
    assert [(row.line, row.fault.en if row.fault else "") for row in rows[2:]] == [
        (4, ""),
        (5, "a byte that is no GB18030"),
    ]


LOGIN = "<!DOCTYPE html>\n<html><body>Sign in</body></html>"


@pytest.mark.parametrize(
    ("name", "content", "looks", "hint"),
    [
        ("a.csv", LOGIN, "a web page (HTML)", "login or error page"),
        ("a.jsonl", LOGIN, "a web page (HTML)", "download it again"),
        ("a.csv", b"%PDF-1.7\n\x00", "a PDF document", "knowledge base"),
        ("a.json", b"\x89PNG\r\n\x1a\n\x00", "a picture (PNG)", "not a picture"),
        ("a.json", pickle.dumps([{"q": 1}]), "a Python pickle", "can run code"),
        ("a.jsonl", gzip.compress(b'{"q": 1}', mtime=0), "a gzip archive", "Unpack it"),
        ("a.jsonl", b"PAR1 and no more", "this Parquet file is damaged", "Get it again"),
        ("a.txt", "今天天气很好。\n我们去公园。\n", "plain text", "knowledge base"),
        ("a.jsonl", "hello", "plain text", "knowledge base"),
        ("a.jsonl", " \n\t\n", "nothing but blanks", ""),
        ("a.jsonl", "", "the file is empty", ""),
        ("a.csv", "question,answer\n", "holds no rows", ""),
        ("a.json", "[]", "holds no rows", ""),
        ("a.json", "version https://git-lfs.github.com/spec/v1\noid x\n", "Git LFS pointer", "git lfs pull"),
        ("a.json", '[{"q": 1},\n {"q": "x', "line 2: the JSON breaks off", "cut short"),
        ("a.json", '{"data": [{"q": 1},\n {"q": "x', "line 2: the JSON breaks off", "cut short"),
        (
            "a.json",
            '[{"q": 1},\n {"q": 2 "r": 3},\n' + ' {"q": 2},\n' * 9 + "]",
            "line 2: this is not valid JSON",
            "comma",
        ),
        ("a.json", '{"train": [{"q": 1}], "test": [{"q": 2}]}', "several lists of rows: train, test", "path: train"),
        ("a.csv", 'q,a\n1,x\n2,"' + "长\n" * 70_000 + '"\n', "line 3: the row that begins here", "shorten it"),
        ("a.xml", "<a><b><c>1</c></b>", "line 1: here stands no valid XML", "cut short"),
        ("a.xml", '<!DOCTYPE a [<!ENTITY e "x">]><a><b><c>&e;</c></b></a>', "entities of its own", ""),
    ],
)
def test_what_it_looks_like_and_what_to_do(
    tmp_path: Path, name: str, content: bytes | str, looks: str, hint: str
) -> None:
    said = refusal(write(tmp_path, name, content))
    assert looks in said.to("en")
    assert hint in said.to("en")


def test_databases_and_office_documents_are_named(tmp_path: Path) -> None:
    with sqlite3.connect(tmp_path / "a.csv") as database:
        database.execute("create table a (b)")
    database.close()
    assert "an SQLite database" in refusal(tmp_path / "a.csv").to("en")
    with zipfile.ZipFile(tmp_path / "a.docx", "w") as archive:
        archive.writestr("[Content_Types].xml", "x")
        archive.writestr("word/document.xml", "x")
    assert "Office document" in refusal(tmp_path / "a.docx").to("en")


def test_the_rows_may_be_named(tmp_path: Path) -> None:
    held = {"meta": {"n": 2}, "result": {"items": [{"q": 1}, {"q": 2}], "old": [{"q": 0}]}}
    path = write(tmp_path, "a.json", json.dumps(held))
    assert "result.items, result.old" in refusal(path).to("en")
    assert values(read_raw(path, Reading(path="result.items"))) == [{"q": 1}, {"q": 2}]
    assert "there is no 'itmes' in the file; it has items, old" in refusal(path, Reading(path="result.itmes")).to("en")
    assert "neither rows nor an object" in refusal(path, Reading(path="meta.n")).to("en")
    lines = write(tmp_path, "a.jsonl", '{"d": {"q": 1}}\n{"d": [{"q": 2}, {"q": 3}]}\n{"e": 1}\n')
    rows = read_raw(lines, Reading(path="d")).rows
    assert [(row.line, row.values.get("q"), row.fault is None) for row in rows] == [
        (1, 1, True),
        (2, 2, True),
        (2, 3, True),
        (3, None, False),
    ]


def test_turns_are_no_rows(tmp_path: Path) -> None:
    talk = {"messages": [{"role": "user", "content": "q"}, {"role": "assistant", "content": "a"}]}
    assert values(read_raw(write(tmp_path, "a.json", json.dumps(talk)))) == [talk]


def test_a_field_that_stands_twice_costs_its_row(tmp_path: Path) -> None:
    text = '{"q": "a \\": b", "a": 1}\n{"q": 1, "q" : 2}\n{"q": {"x": 1, "x": 2}}\n'
    for name, content in (("a.jsonl", text), ("a.json", f"[{','.join(text.splitlines())}]")):
        rows = read_raw(write(tmp_path, name, content)).rows
        assert [row.fault is None for row in rows] == [True, False, False], name


def test_arrays_a_line(tmp_path: Path) -> None:
    assert values(read_raw(SHAPES / "shapes/apollo_qa_lists.jsonl"))[0]["0"] == "甲型药物1号最常见的不良反应是什么表现"
    table = '["question", "answer"]\n["肝素过量用什么药？", "鱼精蛋白。"]\n["一个"]\n'
    rows = read_raw(write(tmp_path, "a.jsonl", table)).rows
    assert rows[0].values == {"question": "肝素过量用什么药？", "answer": "鱼精蛋白。"}
    assert rows[1].fault is not None


@pytest.mark.parametrize(
    ("first", "names"),
    [
        ("question,answer", ["question", "answer"]),
        ("A,B", ["A", "B"]),
        ("0,1", ["0", "1"]),
        ("A lesion compressing the facial nerve causes which of the following signs and symptoms?,B", None),
        ("肝素过量用什么药？,鱼精蛋白。", None),
        ("17,yes", None),
        ("q0,a", None),  # the second column has that value in other rows, too
    ],
)
def test_whether_a_table_has_a_header(tmp_path: Path, first: str, names: list[str] | None) -> None:
    path = write(tmp_path, "a.csv", f"{first}\nq1,a\nq2,a\nq3,c\n")
    raw = read_raw(path)
    assert list(raw.rows[0].values) == (names or ["column 1", "column 2"])
    assert len(raw.rows) == (3 if names else 4)
    assert bool(raw.notes) == (names is None)
    assert len(read_raw(path, Reading(header="no")).rows) == 4
    assert len(read_raw(path, Reading(header="yes")).rows) == 3


def test_a_delimiter_that_is_mistaken_is_told(tmp_path: Path) -> None:
    path = write(tmp_path, "a.csv", "question;answer\nwhat;that, and more\nwhy;so\n")
    assert "look parted by semicolons" in refusal(path, Reading(delimiter="comma")).to("en")
    assert values(read_raw(path, Reading(delimiter=";")))[0]["answer"] == "that, and more"
    assert "is no delimiter" in refusal(path, Reading(delimiter="::")).to("en")


def test_a_workbook(tmp_path: Path) -> None:
    book = Workbook()
    book.active.title = "说明"
    sheet = book.create_sheet("题目")
    sheet.append([])
    sheet.append(["question", "answer", None])
    sheet.append([3, datetime.datetime(2026, 11, 27), None])
    sheet.append(["=1+1", 2.5, "a remark"])
    book.create_sheet("其他").append(["x"])
    path = tmp_path / "a.csv"
    book.save(path)
    raw = read_raw(path)
    assert (raw.format, raw.rows[0]) == ("xlsx", RawRow(3, {"question": 3, "answer": "2026-11-27"}))
    assert [(row.line, row.fault.en if row.fault else "") for row in raw.rows[1:]] == [
        (4, "a filled cell in a column without a name")
    ]
    assert raw.notes[0].zh == "只读取了工作表“题目”；其他工作表：其他（sheet）"
    assert list(read_raw(path, Reading(sheet="其他", header="no")).rows[0].values) == ["column 1"]
    assert "it has 说明, 题目, 其他" in refusal(path, Reading(sheet="x")).to("en")


def test_xml_with_attributes_and_lists(tmp_path: Path) -> None:
    text = """<set>
      <about><name>x</name></about>
      <item id="1"><q type="t">what &lt; that</q><o>a</o><o>b</o><deep><x>1</x></deep></item>
      <item id="2"><q>why</q></item>
    </set>"""
    raw = read_raw(write(tmp_path, "a.xml", text))
    assert [(row.line, row.values) for row in raw.rows] == [
        (3, {"id": "1", "q.type": "t", "q": "what < that", "o": ["a", "b"], "deep": {"x": "1"}}),
        (4, {"id": "2", "q": "why"}),
    ]
    assert values(read_raw(tmp_path / "a.xml", Reading(path="about"))) == [{"name": "x"}]
    chinese = '<?xml version="1.0" encoding="GB2312"?><a><b><问>高血压用什么药？</问></b><b><问>为什么</问></b></a>'
    assert values(read_raw(write(tmp_path, "b.xml", chinese.encode("gb18030"))))[0] == {"问": "高血压用什么药？"}


@pytest.mark.parametrize(
    ("text", "talks"),
    [
        ("病人：头痛怎么办\n医生：多久了？\n病人：三天\n医生：请就诊\n\n患者：发热\n医生：多喝水\n", [4, 2]),
        ("Patient: I have pain.\nDoctor: Since when?\nPlease say.\n", [2]),
        ("User：hi\n\nAssistant：hello\n\nUser：bye\n\nAssistant：bye\n", [4]),
        ("问：甲药治什么\n答：甲病\n问：乙药治什么\n答：乙病\n", [2, 2]),
        ("1.\n问：甲\n答：乙\n\n2.\n问：丙\n\n答：丁\n", [2, 2]),
    ],
)
def test_dialogues_written_as_text(tmp_path: Path, text: str, talks: list[int]) -> None:
    raw = read_raw(write(tmp_path, "a.txt", text))
    assert raw.format == "dialogue"
    assert [len(row.values["messages"]) for row in raw.rows] == talks
    assert {turn["role"] for row in raw.rows for turn in row.values["messages"]} == {"user", "assistant"}
    assert all(turn["content"] for row in raw.rows for turn in row.values["messages"])


def test_a_dialogue_has_its_fields() -> None:
    row = read_raw(SHAPES / "shapes/meddialog.txt").rows[1]
    assert (row.line, row.values["id"], row.values["疾病"]) == (12, "1", "高血压")
    assert row.values["messages"][1] == {"role": "assistant", "content": "不良反应2，多为轻度。"}


def packed(path: Path, members: dict[str, bytes]) -> Path:
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in members.items():
            archive.writestr(name, content)
    return path


def test_an_archive_and_a_folder_are_their_files(tmp_path: Path) -> None:
    xlsx(tmp_path / "x.xlsx", ROWS)
    members = {
        "b/题.jsonl": b'{"q": 1}\n{"q": \n',
        "a.csv": b"q,a\n1,2\n",
        "readme.md": "说明文字。".encode(),
        "__MACOSX/._a.csv": b"\x00\x05",
        "c.xlsx": (tmp_path / "x.xlsx").read_bytes(),
        "empty.txt": b"",
    }
    path = packed(tmp_path / "a.zip", members)
    folder = tmp_path / "folder"
    for name, content in members.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_bytes(content)
    (folder / "link.csv").symlink_to(tmp_path / "x.xlsx")
    for raw in (read_raw(path), read_raw(folder)):
        assert [(row.file, row.line, row.fault is None) for row in raw.rows] == [
            ("a.csv", 2, True),
            ("b/题.jsonl", 1, True),
            ("b/题.jsonl", 2, False),
            *(("c.xlsx", number + 2, True) for number in range(5)),
        ]
        assert [note.en for note in raw.notes] == [
            "left out: empty.txt (the file is empty)",
            "left out: readme.md (no rows can be read from this; it looks like plain text)",
        ]


def test_a_member_that_breaks_off_is_named(tmp_path: Path) -> None:
    path = packed(tmp_path / "a.zip", {"a/b.json": b'[{"q": 1},\n'})
    assert refusal(path).to("en").startswith(f"{path}/a/b.json line 2: the JSON breaks off")


@pytest.mark.parametrize("name", ["../evil.jsonl", "/etc/evil.jsonl", "a/../../evil.jsonl", "C:/evil.jsonl"])
def test_a_member_leads_nowhere(tmp_path: Path, name: str) -> None:
    assert "leads out of it" in refusal(packed(tmp_path / "a.zip", {name: b'{"q": 1}'})).to("en")


def test_a_bomb_is_not_unpacked(tmp_path: Path) -> None:
    path = packed(tmp_path / "a.zip", {"a.jsonl": b" " * 70_000_000})
    assert "would unpack into 1 files of 67 MB" in refusal(path).to("en")
    damaged = path.read_bytes()
    assert "damaged" in refusal(write(tmp_path, "b.zip", damaged[: len(damaged) // 2])).to("en")


def test_a_row_without_end_costs_itself(tmp_path: Path) -> None:
    path = tmp_path / "a.jsonl"
    with path.open("wb") as stream:
        stream.write(b'{"q": 1}\n{"q": "')
        for _ in range(70):
            stream.write(b"x" * 2**20)
        stream.write(b'"}\n{"q": 2}\n')
    tracemalloc.start()
    rows = read_raw(path).rows
    assert tracemalloc.get_traced_memory()[1] < 200 * 2**20
    tracemalloc.stop()
    assert [(row.line, row.fault.en if row.fault else row.values["q"]) for row in rows] == [
        (1, 1),
        (2, "the line is longer than 64 MB"),
        (3, 2),
    ]


@pytest.mark.parametrize("name", ["a.jsonl", "array.json", "by_key.json", "a.csv", "a.parquet"])
def test_rows_are_read_as_they_are_asked_for(tmp_path: Path, name: str) -> None:
    rows = [{"question": f"第{n}题" * 20, "answer": "答" * 300} for n in range(8_000)]
    FORMATS[name](tmp_path / name, rows)
    tracemalloc.start()
    assert sum(1 for _ in open_raw(tmp_path / name).rows) == 8_000
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert peak < 6 * 2**20 < sum(len(row["answer"].encode()) for row in rows)
