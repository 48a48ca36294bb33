from __future__ import annotations

import pytest

from studio.data.choice_options import read_gold, read_options
from studio.data.layouts import LAYOUTS
from studio.data.layouts.base import BadRow, WatchedRow
from studio.data.records.base import RowOrigin

HERE = RowOrigin(file="raw.jsonl", line=1)


@pytest.mark.parametrize("name", LAYOUTS.names())
def test_each_layout_reads_its_own_example(name: str) -> None:
    layout = LAYOUTS.load(name)
    assert layout.matches(layout.example)
    question = layout.convert(layout.example, HERE)
    assert question.stem and question.gold
    assert question.source == HERE


@pytest.mark.parametrize(
    "options",
    [
        {"A": "阿司匹林", "B": "肝素"},
        {"a": "阿司匹林", "b": "肝素"},
        ["阿司匹林", "肝素"],
        ["A. 阿司匹林", "B. 肝素"],
        [{"key": "A", "value": "阿司匹林"}, {"key": "B", "value": "肝素"}],
        "(A) 阿司匹林\n(B) 肝素",
        "A 阿司匹林\nB 肝素",
        "Ａ．阿司匹林\nＢ．肝素",
        "A、阿司匹林\n\nB、肝素",
    ],
)
def test_options_in_the_ways_that_files_write_them(options: object) -> None:
    assert read_options(options) == {"A": "阿司匹林", "B": "肝素"}


def test_an_option_may_go_on_over_a_line_and_begin_with_a_letter() -> None:
    assert read_options("A ATP\nrich\nB DNA") == {"A": "ATP\nrich", "B": "DNA"}
    assert read_options(["A beta blocker", "B cells"]) == {"A": "beta blocker", "B": "cells"}


@pytest.mark.parametrize("options", [None, "", {}, ["one"], {"A": "x"}, "no letters here", 7, {"AB": "x", "C": "y"}])
def test_what_is_no_set_of_options(options: object) -> None:
    with pytest.raises(BadRow):
        read_options(options)


def test_options_keep_their_own_letters() -> None:
    assert read_options(["B. x", "A. y"]) == {"B": "x", "A": "y"}
    assert read_options("B. x\nA. y") == {"B": "x", "A": "y"}


@pytest.mark.parametrize(
    "options", ["A x\nB y\nD z", "A. x\nC. y", ["A. x", "B. y", "D. z"], "B x\nC y", [str(n) for n in range(27)]]
)
def test_options_with_a_letter_missing_are_not_merged_or_lettered_anew(options: object) -> None:
    with pytest.raises(BadRow, match=r"a letter is missing|more than 26"):
        read_options(options)


def test_an_option_given_twice_is_not_merged() -> None:
    with pytest.raises(BadRow, match="option A is given twice"):
        read_options("A x\nB y\nA z")


@pytest.mark.parametrize(
    "options",
    [
        ["E. coli", "S. aureus", "C. difficile", "B. anthracis"],
        ["C cells", "B cells", "A cells"],
        ["A 型血", "B 型血", "C反应蛋白"],
    ],
)
def test_letters_that_belong_to_the_option_stay_in_it(options: list[str]) -> None:
    assert list(read_options(options).values()) == options


OPTIONS = {"A": "aspirin", "B": "DNA", "C": "D", "D": "heparin"}


@pytest.mark.parametrize(
    ("value", "gold"),
    [
        ("B", "B"),
        ("b", "B"),
        ("(D)", "D"),
        ("Ｄ", "D"),
        ("D.", "D"),
        ("ABD", "ABD"),
        ("D,A", "AD"),
        ("A、B", "AB"),
        ("heparin", "D"),
        ("DNA", "B"),
        (["A", "C"], "AC"),
        (["heparin", "aspirin"], "AD"),
    ],
)
def test_gold(value: object, gold: str) -> None:
    assert read_gold(value, OPTIONS) == gold


@pytest.mark.parametrize(
    ("value", "options", "gold"),
    [
        ("Bad", {"A": "Good", "B": "Bad", "C": "Fair", "D": "None"}, "B"),
        ("bad", {"A": "Good", "B": "Bad", "C": "Fair", "D": "None"}, "B"),
        ("Ca", {"A": "Na", "B": "K", "C": "Ca", "D": "Cl"}, "C"),
        ("AB", {"A": "A", "B": "B", "C": "AB", "D": "O"}, "C"),
        ("B", {"A": "B", "B": "A"}, "B"),
    ],
)
def test_an_option_made_of_letters_is_taken_for_its_text(value: str, options: dict[str, str], gold: str) -> None:
    assert read_gold(value, options) == gold


def test_a_word_and_a_text_under_two_letters_are_no_letters() -> None:
    with pytest.raises(BadRow, match="none of the options"):
        read_gold("Bad", {"A": "good", "B": "worse", "D": "fair"})
    with pytest.raises(BadRow, match="stands under BC"):
        read_gold("Bad", {"A": "good", "B": "Bad", "C": "bad"})


def test_an_index_counts_from_0_in_mmlu_alone() -> None:
    medqa = LAYOUTS.load("medqa")
    row = {"question": "q", "choices": ["1", "2", "3", "4"], "answer": 2}
    assert medqa.convert(row, HERE).gold == "C"
    for other in ({"answer": 4}, {"answer": -1}):
        with pytest.raises(BadRow, match="the answer is the number"):
            medqa.convert(row | other, HERE)
    for key in ("answer_idx", "label"):
        with pytest.raises(BadRow, match="counts from 0 or from 1 is not said"):
            medqa.convert({"question": "q", "options": ["x", "y"], key: 1}, HERE)


@pytest.mark.parametrize("value", ["", None, [], "E", "nan", "ABE", "warfarin", float("nan"), True])
def test_gold_that_names_no_option(value: object) -> None:
    with pytest.raises(BadRow):
        read_gold(value, OPTIONS)


def test_misspelt_and_chinese_keys() -> None:
    medqa, qa = LAYOUTS.load("medqa"), LAYOUTS.load("qa")
    row = {"question": "首选药物是", "option": "(A) 甲.\n(B) 乙.", "anwer": "(B)"}
    assert medqa.matches(row)
    assert medqa.convert(row, HERE).gold == "B"
    assert qa.convert({"问": "肝素过量怎么办？", "答": "用鱼精蛋白。"}, HERE).stem == "肝素过量怎么办？"
    dialogue = {"department": "内科", "title": "头疼三天", "ask": "无", "answer": "建议就诊。"}
    assert qa.convert(dialogue, HERE).stem == "头疼三天"
    alpaca = {"instruction": "Name the antidote.", "input": "heparin", "output": "Protamine."}
    assert qa.convert(alpaca, HERE).stem == "Name the antidote.\nheparin"
    with pytest.raises(BadRow, match="the answer is empty"):
        qa.convert({"question": "q", "answer": "nan"}, HERE)


@pytest.mark.parametrize(
    ("title", "ask", "stem"),
    [
        ("早起头疼怎么办？", "内科门诊", "早起头疼怎么办？\n内科门诊"),
        ("头疼怎么办？", "医生您好，头疼怎么办，已经三天了", "医生您好，头疼怎么办，已经三天了"),
        ("早起头疼三天怎么办？", "头疼三天", "早起头疼三天怎么办？"),
        ("无", "头疼三天", "头疼三天"),
        ("头疼三天", "无", "头疼三天"),
        ("", "无", ""),
    ],
)
def test_a_title_that_says_more_than_what_is_asked_is_kept(title: str, ask: str, stem: str) -> None:
    row = {"title": title, "ask": ask, "answer": "建议就诊。"}
    if not stem:
        with pytest.raises(BadRow, match="the question is empty"):
            LAYOUTS.load("qa").convert(row, HERE)
        return
    assert LAYOUTS.load("qa").convert(row, HERE).stem == stem


def test_the_title_of_a_text_is_no_part_of_the_question() -> None:
    row = {"title": "Protamine in surgery", "question": "What reverses heparin?", "answer": "Protamine."}
    assert LAYOUTS.load("qa").convert(row, HERE).stem == "What reverses heparin?"


def test_a_question_within_a_conversation_is_no_question_of_its_own() -> None:
    row = {"instruction": "And in children?", "input": "", "output": "The same.", "history": [["What?", "Protamine."]]}
    with pytest.raises(BadRow, match="earlier turns"):
        LAYOUTS.load("qa").convert(row, HERE)
    for nothing in ([], "", "[]", None, float("nan")):
        assert LAYOUTS.load("qa").convert(row | {"history": nothing}, HERE).stem == "And in children?"


@pytest.mark.parametrize(
    ("field", "value", "contexts"),
    [
        ("context", " One. ", ("One.",)),
        ("CONTEXTS", ["One.", "", " Two. "], ("One.", "Two.")),
        ("passages", [], ()),
        ("context", None, ()),
    ],
)
def test_contexts(field: str, value: object, contexts: tuple[str, ...]) -> None:
    row = {"question": "q", "answer": "a", field: value}
    assert LAYOUTS.load("qa").convert(row, HERE).contexts == contexts


@pytest.mark.parametrize("value", [{"labels": ["x"]}, [["title", ["sentence"]]]])
def test_contexts_that_are_no_texts_are_said_not_dropped(value: object) -> None:
    with pytest.raises(BadRow, match="'context' is no text and no list of texts"):
        LAYOUTS.load("qa").convert({"question": "q", "answer": "a", "context": value}, HERE)


def test_a_field_that_was_only_looked_for_counts_as_read() -> None:
    row = WatchedRow({"a": 1, "b": 2, "c": 3})
    assert (row["a"], row.get("b"), row.get("d", 4)) == (1, 2, 4)
    assert {"a", "b"} <= row.read and "c" not in row.read
