"""Options and gold in the ways that exam files write them."""

from __future__ import annotations

import doctest

import pytest

from studio.data import choice_options, gold
from studio.data.choice_options import read_options
from studio.data.gold import number_of, read_gold
from studio.data.row_view import BadRow

TWO = {"A": "皮疹", "B": "头痛"}
FOUR = {"A": "皮疹", "B": "头痛", "C": "腹泻", "D": "嗜睡"}


@pytest.mark.parametrize("module", [choice_options, gold])
def test_the_examples_in_its_docstrings(module: object) -> None:
    result = doctest.testmod(module)  # type: ignore[arg-type]
    assert result.attempted > 0 and result.failed == 0


@pytest.mark.parametrize(
    "written",
    [
        "A.皮疹 B.头痛 C.腹泻 D.嗜睡",
        "A.皮疹B.头痛C.腹泻D.嗜睡",
        "A. 皮疹; B. 头痛; C. 腹泻; D. 嗜睡",
        "A、皮疹　B、头痛　C、腹泻　D、嗜睡",
        "A 皮疹 B 头痛 C 腹泻 D 嗜睡",
        "(A)皮疹 (B)头痛 (C)腹泻 (D)嗜睡",
        "Ａ．皮疹 Ｂ．头痛 Ｃ．腹泻 Ｄ．嗜睡",
        "A.皮疹 B.头痛\nC.腹泻 D.嗜睡",
        "A.皮疹\\nB.头痛\\nC.腹泻\\nD.嗜睡",
        "A 皮疹\\r\\nB 头痛\\r\\nC 腹泻\\r\\nD 嗜睡",
        "A 皮疹\\nB 头痛\nC 腹泻\\nD 嗜睡",
        "Answer Choices:\nA. 皮疹\nB. 头痛\nC. 腹泻\nD. 嗜睡",
        "皮疹|头痛|腹泻|嗜睡",
        "皮疹；头痛；腹泻；嗜睡",
        "皮疹\t头痛\t腹泻\t嗜睡",
        "A.皮疹|B.头痛|C.腹泻|D.嗜睡",
        "皮疹\n头痛\n腹泻\n嗜睡",
        "1.皮疹 2.头痛 3.腹泻 4.嗜睡",
        "1、皮疹\n2、头痛\n3、腹泻\n4、嗜睡",
        "①皮疹②头痛③腹泻④嗜睡",
        '{"A": "皮疹", "B": "头痛", "C": "腹泻", "D": "嗜睡"}',
        "{'A': '皮疹', 'B': '头痛', 'C': '腹泻', 'D': '嗜睡'}",
        "['皮疹', '头痛', '腹泻', '嗜睡']",
        [["A", "皮疹"], ["B", "头痛"], ["C", "腹泻"], ["D", "嗜睡"]],
        {"A": {"text": "皮疹"}, "B": {"text": "头痛"}, "C": {"text": "腹泻"}, "D": {"text": "嗜睡"}},
        {"1": "皮疹", "2": "头痛", "3": "腹泻", "4": "嗜睡"},
        {"0": "皮疹", "1": "头痛", "2": "腹泻", "3": "嗜睡"},
        {"optionA": "皮疹", "optionB": "头痛", "optionC": "腹泻", "optionD": "嗜睡"},
        {"text": ["皮疹", "头痛", "腹泻", "嗜睡"], "label": ["A", "B", "C", "D"]},
        [{"A": "皮疹"}, {"B": "头痛"}, {"C": "腹泻"}, {"D": "嗜睡"}],
        [{"aid": 1, "atext": "皮疹"}, {"aid": 2, "atext": "头痛"}, {"aid": 3, "atext": "腹泻"}, {"aid": 4, "atext": "嗜睡"}],
        [{"id": "A", "text": "皮疹"}, {"id": "B", "text": "头痛"}, {"id": "C", "text": "腹泻"}, {"id": "D", "text": "嗜睡"}],
        [{"text": "皮疹"}, {"text": "头痛"}, {"text": "腹泻"}, {"text": "嗜睡"}],
    ],
)  # fmt: skip
def test_options_however_they_are_parted(written: object) -> None:
    assert read_options(written) == FOUR


@pytest.mark.parametrize(
    ("written", "texts"),
    [
        ("A. E. coli\nB. S. aureus\nC. B. anthracis", ["E. coli", "S. aureus", "B. anthracis"]),
        ("A 1.5 mg\nB 2.5 mg", ["1.5 mg", "2.5 mg"]),
        ("1.5 mg\n2.5 mg", ["1.5 mg", "2.5 mg"]),
        ("A. vitamin B deficiency\nB. vitamin C deficiency", ["vitamin B deficiency", "vitamin C deficiency"]),
        ("A.甲;乙 B.丙;丁", ["甲;乙", "丙;丁"]),
        (["1", "2", "3"], ["1", "2", "3"]),
        ({"A": "1", "B": 2, "C": 2.5, "D": True}, ["1", "2", "2.5", "true"]),
    ],
)
def test_what_belongs_to_an_option_stays_in_it(written: object, texts: list[str]) -> None:
    assert list(read_options(written).values()) == texts


def test_an_empty_option_is_none_and_no_answer() -> None:
    options = read_options({"A": "皮疹", "B": "", "C": "腹泻", "D": None})
    assert options == {"A": "皮疹", "C": "腹泻"} and options.letters == ("A", "B", "C", "D")
    assert read_gold("C", options) == "C" and read_gold(2, options, base=0) == "C"
    with pytest.raises(BadRow, match="the answer is option B, which is empty"):
        read_gold("B", options)
    with pytest.raises(BadRow, match="is empty"):
        read_gold(4, options, base=1)


def test_options_that_repeat_are_a_fault_where_one_is_the_answer() -> None:
    options = {"A": "皮疹", "B": "皮疹", "C": "腹泻", "D": "Aa", "E": "AA"}
    assert read_gold("C", options) == "C" and read_gold("D", options) == "D"
    with pytest.raises(BadRow, match="the right option stands there twice, as AB"):
        read_gold("A", options)
    with pytest.raises(BadRow, match="stands under AB"):
        read_gold("皮疹", options)


@pytest.mark.parametrize(
    ("written", "letters"),
    [
        ("B. 头痛", "B"),
        ("B、头痛", "B"),
        ("(B) 头痛", "B"),
        ("B 头痛", "B"),
        ("Ｂ．头痛。", "B"),
        ("选B", "B"),
        ("故选 B。", "B"),
        ("答案：B", "B"),
        ("正确答案是B", "B"),
        ("【B】", "B"),
        ("Option B", "B"),
        ("The answer is (B).", "B"),
        ("Answer: B", "B"),
        ("答案：头痛", "B"),
        ("头痛。", "B"),
        ("B、C", "BC"),
        ("B和C", "BC"),
        ("b, c", "BC"),
        ("A and C", "AC"),
        ("B|C", "BC"),
        ("B+C", "BC"),
        ("答案：ABD", "ABD"),
        (["B", "C"], "BC"),
        (["头痛", "腹泻"], "BC"),
        ("['B', 'C']", "BC"),
        ([["B"]], "B"),
        ({"key": "B", "value": "头痛"}, "B"),
        (1, "B"),
        (1.0, "B"),
        ("1", "B"),
        ("1.0", "B"),
        ("1,2", "BC"),
        ([1, 2], "BC"),
    ],
)
def test_the_right_letters_however_they_are_said(written: object, letters: str) -> None:
    assert read_gold(written, FOUR, base=0) == letters


def test_numbers_of_options_that_are_numbered_themselves() -> None:
    assert read_gold("1", read_options({"1": "皮疹", "2": "头痛"})) == "A"
    assert read_gold(1, read_options({"0": "皮疹", "1": "头痛"})) == "B"
    assert read_gold("2", {"A": "2", "B": "4"}, base=1) == "A", "it is the text of an option"
    assert number_of(True, FOUR) is None and number_of("12 mg", FOUR) is None


@pytest.mark.parametrize(
    ("written", "reason"),
    [
        ("B. 皮疹样", "names option B, which says '头痛'"),
        ("E", "none of the options ABCD"),
        ("答案：E", "none of the options"),
        ("", "the answer is empty"),
        (None, "the answer is empty"),
        (7, "option number 7, counted from 0; there are 4"),
        (float("inf"), "no number"),
    ],
)
def test_what_is_no_answer_says_why(written: object, reason: str) -> None:
    with pytest.raises(BadRow, match=reason):
        read_gold(written, FOUR, base=0)


@pytest.mark.parametrize("written", [{"1": "x", "3": "y"}, {"A": "x", "2": "y"}, {"answer": "x", "B": "y"}, "just one"])
def test_what_is_no_set_of_options_says_why(written: object) -> None:
    with pytest.raises(BadRow, match=r"a number is missing|no letter|begin with A"):
        read_options(written)
