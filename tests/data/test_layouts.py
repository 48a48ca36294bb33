from __future__ import annotations

import pytest

from studio.data.choice_options import read_options
from studio.data.conversion import Conversion, Unclaimed
from studio.data.gold import read_gold
from studio.data.layouts import LAYOUTS
from studio.data.records.base import Row, RowOrigin
from studio.data.records.question import Question
from studio.data.row_view import BadRow, RowView

HERE = RowOrigin(file="raw.jsonl", line=1)


def convert(name: str, row: dict[str, object]) -> Question:
    """Return the one question that a layout makes of a row."""
    made = LAYOUTS.load(name).convert(RowView(row), HERE)
    assert isinstance(made, Question)
    return made


@pytest.mark.parametrize("name", LAYOUTS.names())
def test_each_example_is_claimed_by_its_layout_alone(name: str) -> None:
    assert LAYOUTS.load(name).examples
    for example in LAYOUTS.load(name).examples:
        found, used, rows = Conversion().rows(example, HERE)
        origin = RowOrigin.model_validate(example.get("source", HERE))  # a row of a dataset keeps the one that it has
        assert found == name and all(isinstance(row, Row) and row.source == origin for row in rows)
        assert not [column for column in used.left() if column not in ("meta_info",)]


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
    row = {"question": "q", "choices": ["1", "2", "3", "4"], "answer": 2}
    assert convert("medqa", row).gold == "C"
    for other in ({"answer": 4}, {"answer": -1}):
        with pytest.raises(BadRow, match=r"there are 4|counts from 0 or from 1"):
            convert("medqa", row | other)
    for key in ("answer_idx", "label"):
        with pytest.raises(BadRow, match="counts from 0 or from 1 is not said"):
            convert("medqa", {"question": "q", "options": ["x", "y"], key: 1})


@pytest.mark.parametrize("value", ["", None, [], "E", "nan", "ABE", "warfarin", float("nan"), True])
def test_gold_that_names_no_option(value: object) -> None:
    with pytest.raises(BadRow):
        read_gold(value, OPTIONS)


def test_misspelt_and_chinese_keys() -> None:
    row = {"question": "首选药物是", "option": "(A) 甲.\n(B) 乙.", "anwer": "(B)"}
    assert convert("medqa", row).gold == "B"
    assert convert("qa", {"问": "肝素过量怎么办？", "答": "用鱼精蛋白。"}).stem == "肝素过量怎么办？"
    dialogue = {"department": "内科", "title": "头疼三天", "ask": "无", "answer": "建议就诊。"}
    assert convert("qa", dialogue).stem == "头疼三天"
    alpaca = {"instruction": "Name the antidote.", "input": "heparin", "output": "Protamine."}
    assert convert("qa", alpaca).stem == "Name the antidote.\nheparin"
    with pytest.raises(BadRow, match="the answer is empty"):
        convert("qa", {"question": "q", "answer": "nan"})


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
            convert("qa", row)
        return
    assert convert("qa", row).stem == stem


def test_the_title_of_a_text_is_no_part_of_the_question() -> None:
    row = {"title": "Protamine in surgery", "question": "What reverses heparin?", "answer": "Protamine."}
    assert convert("qa", row).stem == "What reverses heparin?"


def test_a_question_within_a_conversation_is_no_question_of_its_own() -> None:
    row = {"instruction": "And in children?", "input": "", "output": "The same.", "history": [["What?", "Protamine."]]}
    with pytest.raises(Unclaimed, match="history"):
        Conversion("qa").rows(row, HERE)
    assert Conversion().rows(row, HERE)[0] == "dialogue"
    for nothing in ([], "", "[]", None):
        name, _, [made] = Conversion().rows(row | {"history": nothing}, HERE)
        assert (name, made.asked) == ("qa", ("And in children?",))


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
    assert convert("qa", row).contexts == contexts


@pytest.mark.parametrize("value", [{"labels": ["x"]}, [["title", {"a": 1}]]])
def test_contexts_that_are_no_texts_are_said_not_dropped(value: object) -> None:
    with pytest.raises(BadRow, match="a text is wanted, this is an object"):
        convert("qa", {"question": "q", "answer": "a", "context": value})


@pytest.mark.parametrize(
    ("row", "columns"),
    [
        ({"question": "q", "answer": "a", "A": "x", "B": "y", "images": ["z.png"]}, {"images"}),
        ({"question": "q", "answer": "a", "label": True, "images": "z.png"}, {"images"}),
        ({"input": "q", "answer_one": "a", "answer_two": "b"}, {"answer_one", "answer_two"}),
    ],
)
def test_a_column_that_would_change_the_meaning_is_asked_about(row: dict[str, object], columns: set[str]) -> None:
    conversion = Conversion()
    with pytest.raises(Unclaimed) as caught:
        conversion.rows(row, HERE)
    assert set(caught.value.columns) == columns
    first, *others = sorted(columns)
    role = "answer" if others else "ignore"
    assert Conversion(columns={first: role, **dict.fromkeys(others, "ignore")}).rows(row, HERE)


def test_a_mapping_says_what_columns_and_values_mean() -> None:
    row = {"内容": "肝素过量怎么办？", "回复": "用鱼精蛋白。", "评价": "1"}
    conversion = Conversion(columns={"内容": "question", "评价": "ignore"}, values={"评价": {"0": "drop"}})
    assert conversion.rows(row, HERE)[2][0].answered == ("用鱼精蛋白。",)
    with pytest.raises(BadRow, match="left out: 评价 is 0"):
        conversion.rows(row | {"评价": 0}, HERE)
    labelled = {"question": "q", "answer": "a", "label": True}
    assert Conversion().rows(labelled, HERE)[0] == "judged"
    kept = Conversion(values={"label": {"true": "keep", "false": "drop"}})
    assert kept.rows(labelled, HERE)[0] == "qa"
    with pytest.raises(BadRow, match="label is false"):
        kept.rows(labelled | {"label": False}, HERE)
    counted = {"question": "q", "options": ["x", "y"], "answer": 1}
    assert [Conversion(base=base).rows(counted, HERE)[2][0].answered for base in (0, 1)] == [("y",), ("x",)]
