"""How many rows there are, and in which language, without reading all of them."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from studio.core.files import write_json
from studio.core.text import Language
from studio.data.counts import raw_rows_of, rows_language, rows_of
from studio.data.records.conversation import Conversation
from studio.data.records.question import Question

ROWS = [{"question": f"What is fact {number}?", "answer": f"It is {number}."} for number in range(9000)]


def test_rows_as_their_maker_counted_them_else_by_their_lines(tmp_path: Path) -> None:
    assert rows_of(tmp_path, "train") is None
    (tmp_path / "train.jsonl").write_text('{"a": 1}\n\n{"a": 2}\n')
    assert rows_of(tmp_path, "train") == 2
    (tmp_path / "train.jsonl").write_text('{"a": 1}\n')
    assert rows_of(tmp_path, "train") == 1
    write_json(tmp_path / "dataset.json", {"splits": {"train": 7, "val": "many"}})
    assert (rows_of(tmp_path, "train"), rows_of(tmp_path, "val")) == (7, None)


@pytest.mark.parametrize("large", [False, True])
def test_raw_rows_are_counted_where_that_is_cheap(tmp_path: Path, large: bool) -> None:
    rows = [{**row, "note": "x" * (200 if large else 0)} for row in ROWS[: 9000 if large else 90]]
    lines, array, table = tmp_path / "a.jsonl", tmp_path / "a.json", tmp_path / "a.csv"
    lines.write_text("".join(json.dumps(row) + "\n" for row in rows))
    array.write_text(json.dumps(rows))
    table.write_text("question,answer\n" + "".join(f'"What?\n{row["note"]}",Yes\n' for row in rows))
    count = len(rows)
    assert [raw_rows_of(file) for file in (lines, array, table)] == [count, *([None] * 2 if large else [count] * 2)]


def test_what_cannot_be_read_is_not_counted(tmp_path: Path) -> None:
    (tmp_path / "a.csv").write_text('question,answer\n"q?,a\nr?,b\n')
    assert raw_rows_of(tmp_path / "a.csv") is None
    assert raw_rows_of(tmp_path / "gone.jsonl") is None


@pytest.mark.parametrize(
    ("stem", "gold", "asked", "learned"),
    [
        ("肝素过量时首选哪种药物拮抗？", "鱼精蛋白。", "zh", "zh"),
        ("What is the antidote to heparin?", "It is protamine, and it is given by vein.", "en", "en"),
        ("肝素过量时首选哪种药物拮抗？", "It is protamine, and it is given by vein to those who bleed.", "zh", None),
    ],
)
def test_the_language_of_rows(tmp_path: Path, stem: str, gold: str, asked: Language, learned: Language | None) -> None:
    row = Question(id="q", stem=stem, gold=gold).model_dump_json()
    (tmp_path / "test.jsonl").write_text(f"{row}\nno row\n" * 40, encoding="utf-8")
    assert rows_language(tmp_path, "test") == asked
    assert rows_language(tmp_path, "test", answers=True) == learned
    talk = Conversation.model_validate(
        {"id": "c", "messages": [{"role": "user", "content": stem}, {"role": "assistant", "content": gold}]}
    )
    (tmp_path / "train.jsonl").write_text((talk.model_dump_json() + "\n") * 3, encoding="utf-8")
    write_json(tmp_path / "dataset.json", {"record": "conversation"})
    assert rows_language(tmp_path, "train") == asked


@pytest.mark.parametrize(
    ("file", "keys"),
    [
        ("medqa_mainland/mcmle_171_misspelt_keys.jsonl", "zh"),
        ("medqa_us/phrases_no_exclude_test.jsonl", "en"),
    ],
)
def test_published_files_that_are_at_hand(shared_data: Path, tmp_path: Path, file: str, keys: Language) -> None:
    if not (shared_data / file).exists():
        return
    lines = (shared_data / file).read_text(encoding="utf-8").splitlines()
    rows = [Question(id=str(n), stem=json.loads(line)["question"], gold="x") for n, line in enumerate(lines)]
    for step in (1, 7, 40):
        (tmp_path / "test.jsonl").write_text("".join(row.model_dump_json() + "\n" for row in rows[::step]))
        assert rows_language(tmp_path, "test") == keys
