from __future__ import annotations

import pytest

from studio.data.harvest import Found, Harvest
from studio.data.layouts._layout import BadRow
from studio.data.records.base import Source
from studio.data.records.question import Question

STEM = "Which drug reverses heparin?"
FOUR = {"A": "vitamin K", "B": "protamine", "C": "naloxone", "D": "digoxin"}


def found(line: int, name: str = "a.jsonl", file: int = 0) -> Found:
    return Found(file, Source(file=name, line=line), {})


def choice(stem: str = STEM, options: dict[str, str] = FOUR, gold: str = "B", id: str = "q") -> Question:
    return Question(id=id, stem=stem, options=options, gold=gold)


def stems(harvest: Harvest, part: str) -> list[int]:
    return [item.found.origin.line for item in harvest.parts[part]]


def test_a_test_question_stands_in_no_other_part_in_any_shape() -> None:
    harvest = Harvest()
    harvest.take(choice(options=FOUR | {"E": "atropine"}, id="five"), "train", found(1))
    harvest.take(Question(id="open", stem="which drug reverses HEPARIN", gold="protamine"), "train", found(2))
    harvest.take(choice(stem="Which drug reverses warfarin?", id="other"), "train", found(3))
    harvest.take(choice(id="val"), "val", found(4))
    harvest.take(choice(id="test"), "test", found(5))
    harvest.settle()
    assert (stems(harvest, "test"), stems(harvest, "val"), stems(harvest, "train")) == ([5], [], [3])
    assert [(item.origin.line, item.reason.en) for item in harvest.rejected] == [
        (line, "the same question as a.jsonl line 5, which is in the test part") for line in (1, 2, 4)
    ]
    assert harvest.rejected[0].kind.zh == "与测试集中某行的题目相同"


def test_a_stem_that_says_little_counts_with_its_options() -> None:
    harvest = Harvest()
    harvest.take(choice("下列哪项正确", id="one"), "train", found(1))
    harvest.take(choice("下列哪项正确", {"A": "甲", "B": "乙"}, id="two"), "test", found(2))
    harvest.settle()
    assert not harvest.rejected
    harvest.take(choice("下列哪项正确？", dict(zip("ABCD", reversed(FOUR.values()), strict=True))), "val", found(3))
    harvest.settle()
    assert [item.origin.line for item in harvest.rejected] == [1]


def test_one_question_in_two_shapes_may_stand_in_one_part() -> None:
    harvest = Harvest()
    harvest.take(choice(), "test", found(1))
    harvest.take(Question(id="open", stem=STEM, gold="protamine"), "test", found(2))
    harvest.take(choice(options=FOUR | {"E": "atropine"}), "test", found(3))
    harvest.settle()
    assert stems(harvest, "test") == [1, 2, 3]


def test_the_same_question_with_another_answer_has_a_reason_of_its_own() -> None:
    harvest = Harvest()
    harvest.take(choice(), "train", found(1))
    reordered = {"A": "protamine", "B": "vitamin K", "C": "naloxone", "D": "digoxin"}
    with pytest.raises(BadRow, match=r"line 1$"):
        harvest.take(choice(options=reordered, gold="A"), "train", found(2))
    with pytest.raises(BadRow, match=r"line 1, with another answer$") as caught:
        harvest.take(choice(options=reordered, gold="B"), "train", found(3))
    assert caught.value.kind.en == "the same question as an earlier row, with another answer"


def test_no_two_questions_have_one_id() -> None:
    harvest = Harvest()
    for file in range(4):
        harvest.take(Question(id="test.jsonl:1", stem=f"q{file}", gold="a"), "test", found(1, "test.jsonl", file))
    assert len({item.row.id for item in harvest.parts["test"]}) == 4
