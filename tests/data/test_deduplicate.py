from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np
import pytest

from studio.data.deduplicate import POOLS, WEAKEST_FIRST, Deduplicator, Merged, RowPlace
from studio.data.layouts.base import BadRow
from studio.data.normal import marks
from studio.data.records.base import Row
from studio.data.records.question import Question

STEM = "Which drug reverses heparin?"
FOUR = {"A": "vitamin K", "B": "protamine", "C": "naloxone", "D": "digoxin"}


@dataclass
class Kept:
    """A deduplicator, with the rows that it took."""

    rows: list[Row] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.deduplicator = Deduplicator(self.rows.__getitem__)

    def take(self, row: Row, part: str, line: int, file: int = 0) -> None:
        place = RowPlace(file, ("a.jsonl", "b.jsonl")[file], line)
        self.rows.append(self.deduplicator.take(row, marks(row), part, place))

    def left(self, part: str) -> list[str]:
        """Return the ids of what stays in a part."""
        leaks = self.leaks()
        return [row.id for number, row in enumerate(self.rows) if number not in leaks and self.part(number) == part]

    def leaks(self) -> dict[int, int]:
        parts = np.array([WEAKEST_FIRST.index(self.part(number)) for number in range(len(self.rows))], np.uint8)
        texts = [self.deduplicator.split_mark(number) for number in range(len(self.rows))]
        return self.deduplicator.leaks(parts, np.array([texts.index(text) for text in texts], np.int64))

    def part(self, number: int) -> str:
        return POOLS[self.deduplicator.pools[number]]

    def reason(self, number: int, holder: int) -> BadRow:
        return self.deduplicator.leak_reason(number, holder, self.part(holder))

    def reasons(self) -> list[tuple[int, str]]:
        return [
            (self.deduplicator.stands(number).line, self.reason(number, holder).reason.en)
            for number, holder in sorted(self.leaks().items())
        ]


def choice(stem: str = STEM, options: dict[str, str] = FOUR, gold: str = "B", id: str = "q") -> Question:
    return Question(id=id, stem=stem, options=options, gold=gold)


def test_a_test_question_stands_in_no_other_part_in_any_shape() -> None:
    kept = Kept()
    kept.take(choice(options=FOUR | {"E": "atropine"}, id="five"), "train", 1)
    kept.take(Question(id="open", stem="which drug reverses HEPARIN", gold="protamine"), "train", 2)
    kept.take(choice(stem="Which drug reverses warfarin?", id="other"), "train", 3)
    kept.take(choice(id="val"), "val", 4)
    kept.take(choice(id="test"), "test", 5)
    assert (kept.left("test"), kept.left("val"), kept.left("train")) == (["test"], [], ["other"])
    assert kept.reasons() == [
        (line, "the same question as a.jsonl line 5, which is in the test split") for line in (1, 2, 4)
    ]
    assert kept.reason(0, 4).kind.zh == "与测试集中某行的题目相同"


def test_a_stem_that_says_little_counts_with_its_options() -> None:
    kept = Kept()
    kept.take(choice("下列哪项正确", id="one"), "train", 1)
    kept.take(choice("下列哪项正确", {"A": "甲", "B": "乙"}, id="two"), "test", 2)
    assert not kept.leaks()
    again = Kept()
    again.take(choice("下列哪项正确", id="one"), "train", 1)
    again.take(choice("下列哪项正确？", dict(zip("ABCD", reversed(FOUR.values()), strict=True))), "val", 3)
    assert [line for line, _ in again.reasons()] == [1]


def test_one_question_in_two_shapes_may_stand_in_one_part() -> None:
    kept = Kept()
    kept.take(choice(id="1"), "test", 1)
    kept.take(Question(id="2", stem=STEM, gold="protamine"), "test", 2)
    kept.take(choice(options=FOUR | {"E": "atropine"}, id="3"), "test", 3)
    assert kept.left("test") == ["1", "2", "3"]


def test_the_same_question_with_another_answer_has_a_reason_of_its_own() -> None:
    kept = Kept()
    kept.take(choice(), "train", 1)
    reordered = {"A": "protamine", "B": "vitamin K", "C": "naloxone", "D": "digoxin"}
    with pytest.raises(Merged, match=r"line 1$"):
        kept.take(choice(options=reordered, gold="A"), "train", 2)
    with pytest.raises(BadRow, match=r"line 1, with another answer$") as caught:
        kept.take(choice(options=reordered, gold="B"), "train", 3)
    assert not isinstance(caught.value, Merged)
    assert caught.value.kind.en == "the same question as an earlier row, with another answer"


def test_an_open_question_may_have_several_answers_each_once() -> None:
    kept = Kept()
    for line, gold in enumerate(("protamine", "protamine sulfate"), 1):
        kept.take(Question(id=gold, stem=STEM, gold=gold), "train", line)
    for gold in ("Protamine.", "PROTAMINE sulfate"):
        with pytest.raises(Merged, match="line 1"):
            kept.take(Question(id="again", stem=STEM, gold=gold), "train", 3)
    assert kept.left("train") == ["protamine", "protamine sulfate"]


def test_no_two_questions_have_one_id() -> None:
    kept = Kept()
    for file in range(4):
        kept.take(Question(id="test.jsonl:1", stem=f"q{file}", gold="a"), "test", 1, file % 2)
    assert len({row.id for row in kept.rows}) == 4


def test_a_smaller_sample_is_part_of_a_larger_one_and_of_each_file() -> None:
    kept = Kept()
    for line in range(60):
        kept.take(Question(id=str(line), stem=f"question number {line} here", gold="a"), "train", line, line % 2)
    rows = kept.deduplicator
    drawn = [set(range(60)) - rows.beyond(limit, 42, ()) for limit in (5, 12, 30)]
    assert [len(one) for one in drawn] == [10, 24, 60]
    assert drawn[0] < drawn[1] < drawn[2]
    assert all(len([number for number in drawn[0] if number % 2 == file]) == 5 for file in (0, 1))
    assert drawn[0] != set(range(10)), "the first rows are no sample"
    assert rows.beyond(5, 42, ()) != rows.beyond(5, 43, ())


def test_a_row_is_recalled_once_for_whoever_asks_for_it() -> None:
    rows: list[Row] = []
    recalled: list[int] = []

    def recall(number: int) -> Row:
        recalled.append(number)
        return rows[number]

    deduplicator = Deduplicator(recall)
    for line, gold in enumerate(("protamine", "rest", "water"), 1):
        row = Question(id="q", stem=STEM, gold=gold)
        asked = deduplicator.first_asked(marks(row), "train")
        rows.append(deduplicator.take(row, marks(row), "train", RowPlace(0, "a.jsonl", line), asked))
    assert recalled == [0, 0]  # by the second row and by the third, and by `take` never
