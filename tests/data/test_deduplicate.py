from __future__ import annotations

import pytest

from studio.data.deduplicate import Deduplicator, SourceRow
from studio.data.layouts.base import BadRow
from studio.data.records.base import RowOrigin
from studio.data.records.question import Question

STEM = "Which drug reverses heparin?"
FOUR = {"A": "vitamin K", "B": "protamine", "C": "naloxone", "D": "digoxin"}


def source_row(line: int, name: str = "a.jsonl", file: int = 0) -> SourceRow:
    return SourceRow(file, RowOrigin(file=name, line=line), {})


def choice(stem: str = STEM, options: dict[str, str] = FOUR, gold: str = "B", id: str = "q") -> Question:
    return Question(id=id, stem=stem, options=options, gold=gold)


def stems(deduplicator: Deduplicator, part: str) -> list[int]:
    return [item.source_row.origin.line for item in deduplicator.parts[part]]


def test_a_test_question_stands_in_no_other_part_in_any_shape() -> None:
    deduplicator = Deduplicator()
    deduplicator.take(choice(options=FOUR | {"E": "atropine"}, id="five"), "train", source_row(1))
    deduplicator.take(Question(id="open", stem="which drug reverses HEPARIN", gold="protamine"), "train", source_row(2))
    deduplicator.take(choice(stem="Which drug reverses warfarin?", id="other"), "train", source_row(3))
    deduplicator.take(choice(id="val"), "val", source_row(4))
    deduplicator.take(choice(id="test"), "test", source_row(5))
    deduplicator.separate_splits()
    assert (stems(deduplicator, "test"), stems(deduplicator, "val"), stems(deduplicator, "train")) == ([5], [], [3])
    assert [(item.origin.line, item.reason.en) for item in deduplicator.rejected] == [
        (line, "the same question as a.jsonl line 5, which is in the test part") for line in (1, 2, 4)
    ]
    assert deduplicator.rejected[0].kind.zh == "与测试集中某行的题目相同"


def test_a_stem_that_says_little_counts_with_its_options() -> None:
    deduplicator = Deduplicator()
    deduplicator.take(choice("下列哪项正确", id="one"), "train", source_row(1))
    deduplicator.take(choice("下列哪项正确", {"A": "甲", "B": "乙"}, id="two"), "test", source_row(2))
    deduplicator.separate_splits()
    assert not deduplicator.rejected
    deduplicator.take(
        choice("下列哪项正确？", dict(zip("ABCD", reversed(FOUR.values()), strict=True))), "val", source_row(3)
    )
    deduplicator.separate_splits()
    assert [item.origin.line for item in deduplicator.rejected] == [1]


def test_one_question_in_two_shapes_may_stand_in_one_part() -> None:
    deduplicator = Deduplicator()
    deduplicator.take(choice(), "test", source_row(1))
    deduplicator.take(Question(id="open", stem=STEM, gold="protamine"), "test", source_row(2))
    deduplicator.take(choice(options=FOUR | {"E": "atropine"}), "test", source_row(3))
    deduplicator.separate_splits()
    assert stems(deduplicator, "test") == [1, 2, 3]


def test_the_same_question_with_another_answer_has_a_reason_of_its_own() -> None:
    deduplicator = Deduplicator()
    deduplicator.take(choice(), "train", source_row(1))
    reordered = {"A": "protamine", "B": "vitamin K", "C": "naloxone", "D": "digoxin"}
    with pytest.raises(BadRow, match=r"line 1$"):
        deduplicator.take(choice(options=reordered, gold="A"), "train", source_row(2))
    with pytest.raises(BadRow, match=r"line 1, with another answer$") as caught:
        deduplicator.take(choice(options=reordered, gold="B"), "train", source_row(3))
    assert caught.value.kind.en == "the same question as an earlier row, with another answer"


def test_no_two_questions_have_one_id() -> None:
    deduplicator = Deduplicator()
    for file in range(4):
        deduplicator.take(
            Question(id="test.jsonl:1", stem=f"q{file}", gold="a"), "test", source_row(1, "test.jsonl", file)
        )
    assert len({item.row.id for item in deduplicator.parts["test"]}) == 4
