"""What a file is understood as: what numbers count from, which layouts are offered, what is asked."""

from __future__ import annotations

from typing import Any

import pytest

from studio.core.errors import InputError
from studio.data.conversion import Conversion
from studio.data.guess import Guess, guess, require_understood
from studio.data.raw import RawRow
from studio.data.source_file import SourceFile

FOUR = {"A": "rash", "B": "headache", "C": "cough", "D": "sleep"}


def understood(rows: list[dict[str, Any]], **options: Any) -> Guess:
    """Return what rows were understood as. Raises InputError where something is asked."""
    raw = [RawRow(line, row) for line, row in enumerate(rows, 1)]
    found = guess(raw, Conversion(**options), "raw.jsonl")
    require_understood(found, raw, "raw.jsonl")
    return found


def counted(*answers: object, key: str = "cop", **others: Any) -> list[dict[str, Any]]:
    return [{"question": f"Question {n}?", "options": FOUR, key: gold, **others} for n, gold in enumerate(answers)]


@pytest.mark.parametrize(
    ("answers", "base", "gold"),
    [
        ((0, 1, 3), 0, "ABD"),
        ((1, 4, 2), 1, "ADB"),
        (("0", "2"), 0, "AC"),
        ((1.0, 4.0), 1, "AD"),
        (([0], [2]), 0, "AC"),
    ],
)
def test_the_rows_show_what_numbers_count_from(answers: tuple[object, ...], base: int, gold: str) -> None:
    found = understood(counted(*answers))
    assert found.base == base and not found.reasons
    assert [row.gold for sample in found.samples for row in sample.made] == list(gold)  # type: ignore[attr-defined]


@pytest.mark.parametrize("answers", [(1, 2), (0, 4), (3,)])
def test_what_nothing_shows_is_asked(answers: tuple[int, ...]) -> None:
    with pytest.raises(InputError, match="whether they count from 0 or from 1") as caught:
        understood(counted(*answers))
    assert "answer_base: 0" in caught.value.to("en") and "answer_base: 1" in caught.value.to("zh")
    assert understood(counted(*answers), base=0).base == 0


def test_layouts_that_are_published_so_are_believed_unless_rows_say_otherwise() -> None:
    mmlu = [{"question": f"Q{n}?", "choices": ["w", "x", "y", "z"], "answer": n} for n in (1, 2)]
    assert understood(mmlu).base == 0
    with pytest.raises(InputError, match="count from 0 or from 1"):
        understood([{**row, "answer": row["answer"] + 2} for row in mmlu])


def test_a_few_numbers_among_letters_are_rejected_one_by_one() -> None:
    found = understood(counted("B", "C", "D", 1))
    assert found.base is None and not found.base_asked
    assert [reason.en for reason in found.reasons] == ["the answer is a number"]


def test_a_label_that_says_nothing_in_most_rows_is_asked_and_in_few_is_their_fault() -> None:
    rows = [{"question": f"Q{n}?", "answer": "a", "label": label} for n, label in enumerate((1, 0, 1, 7))]
    found = understood(rows)
    assert found.layout == "judged" and len(found.reasons) == 1
    with pytest.raises(InputError, match="'label' looks like"):
        understood([{**row, "label": 7} for row in rows])


def test_layouts_are_offered_with_the_usual_ones_first() -> None:
    offered = SourceFile.model_json_schema()["properties"]["layout"]["enum"]
    assert offered[:3] == ["auto", "qa", "medqa"] and sorted(offered[1:]) != offered[1:]
    assert len(set(offered)) == len(offered)
