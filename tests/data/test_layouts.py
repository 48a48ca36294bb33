from __future__ import annotations

import pytest

from studio.core.records import Source
from studio.data.layouts import LAYOUTS
from studio.data.layouts._layout import BadRow
from studio.data.layouts._options import read_gold, read_options

HERE = Source(file="raw.jsonl", line=1)


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
    ],
)
def test_gold(value: object, gold: str) -> None:
    assert read_gold(value, OPTIONS) == gold


@pytest.mark.parametrize("value", ["", None, "E", "nan", "ABE", "warfarin", float("nan")])
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
