"""Rows that were left out by rule or as duplicates are put back by where they stand or why; what cannot be read is not."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from studio.data.dataset_folder import read_rows
from tests.data.test_ledger import about, make

OPTIONS = {"A": "vitamin K", "B": "protamine"}
ROWS: list[Any] = [
    {"question": "What reverses heparin?", "options": OPTIONS, "answer": "B", "use": "yes"},
    {"question": "What reverses heparin?", "options": OPTIONS, "answer": "A", "use": "yes"},
    {"question": "What reverses warfarin?", "options": OPTIONS, "answer": "A", "use": "no"},
    {"question": "What reverses opioids?", "options": OPTIONS, "answer": "Z", "use": "yes"},
]


def _made(folder: Path, *restore: str) -> tuple[list[str], list[dict[str, Any]], list[str]]:
    """Return the answers taken, what was left out, and what was told."""
    folder.mkdir()
    said = {"a.jsonl": {"split": "train", "values": {"use": {"yes": "keep", "no": "drop"}}}}
    dataset, told = make(folder, {"a.jsonl": ROWS}, said, restore=list(restore))
    left = [json.loads(line) for line in (dataset / "rejected.jsonl").read_text(encoding="utf-8").splitlines()]
    found = about(dataset)["sources"][0]
    assert found["read"] == found["taken"] + found["rejected"] + found["dropped"] == 4
    return [row.turns[-1].content for row in read_rows(dataset, "train")], left, [note.en for note in told.notices]


def test_what_is_named_is_put_back_and_nothing_else(tmp_path: Path) -> None:
    taken, left, _ = _made(tmp_path / "0")
    assert len(taken) == 1 and [(item["line"], item["returns"]) for item in left] == [(2, True), (3, True), (4, False)]
    for number, item in enumerate(left[:2], 1):
        for way, name in enumerate((f"a.jsonl:{item['line']}", item["kind"]["en"], item["kind"]["zh"])):
            again, still, told = _made(tmp_path / f"{number}{way}", name)
            assert len(again) == 2 and item["line"] not in [other["line"] for other in still]
            assert "a.jsonl: put back: 1" in told
    both, still, _ = _made(tmp_path / "9", "a.jsonl:2", "a.jsonl:3")
    assert len(both) == 3 and [item["line"] for item in still] == [4]


def test_a_name_that_nothing_has_is_named(tmp_path: Path) -> None:
    names = ["b.jsonl:2", "a.jsonl:1", "a.jsonl:2", "no such reason"]
    taken, _, told = _made(tmp_path / "0", *names)
    assert len(taken) == 2
    (said,) = [note for note in told if note.startswith("to be put back")]
    assert "has this reason: a.jsonl:1; b.jsonl:2; no such reason. " in said, "the first row is taken as it is"
    assert said in [note["en"] for note in about(tmp_path / "0" / "dataset")["notes"]]
    assert not [note for note in _made(tmp_path / "1", "a.jsonl:2", "a.jsonl:4")[2] if "to be put back" in note]


@pytest.mark.parametrize("by", ["place", "reason"])
def test_what_cannot_be_read_is_not_put_back_and_that_is_said(tmp_path: Path, by: str) -> None:
    bad = _made(tmp_path / "0")[1][2]
    _, left, told = _made(tmp_path / "1", "a.jsonl:4" if by == "place" else bad["kind"]["en"])
    assert [item["line"] for item in left] == [2, 3, 4]
    assert [note for note in told if note.startswith("a.jsonl line 4 cannot be put back")] and "put back: 1" not in told


def test_a_row_that_a_check_drops_is_put_back_with_what_the_others_put_right(tmp_path: Path) -> None:
    rows = [
        {"question": "高血压怎么办？", "answer": "请加微信 zhang_88 购买特效药。患者电话13800138000。"},
        {"question": "糖尿病怎么办？", "answer": "控制饮食，规律用药。"},
    ]
    clean = {"advertisement": "drop", "identifiers": "fix"}
    dataset, _ = make(tmp_path, {"a.jsonl": rows}, {"a.jsonl": {"split": "train"}}, clean=clean, restore=["a.jsonl:1"])
    back, _other = (row.turns[-1].content for row in read_rows(dataset, "train"))
    assert "特效药" in back and "13800138000" not in back
    counts = about(dataset)["checks"]["advertisement"]
    assert (counts["rows"], counts["dropped"]) == (1, 0)
