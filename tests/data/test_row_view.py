"""What a row says is the same whether or not a short way leads there."""

from __future__ import annotations

import sys
import unicodedata
from types import FrameType
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from studio.data.conversion import Conversion
from studio.data.records.base import RowOrigin
from studio.data.row_view import BadRow, RowView, is_nothing, kind_of, text_of, unwritten

CELL = st.one_of(
    st.text(" \t\u3000aA(（)[]{}\"',.1是é\u0301\ufeff"),
    st.text(),
    st.sampled_from(["A", "(B)", " (C). ", "[]", "{}", "[ ]", "['a', 'b']", '{"a": "b"}', "(1, 2)", "  "]),
    st.none(),
    st.booleans(),
    st.integers(),
    st.floats(),
    st.lists(st.text(max_size=3), max_size=3),
    st.dictionaries(st.sampled_from(["text", "a"]), st.text(max_size=3), max_size=2),
)


class Subtext(str):
    """A text for which no short way is taken."""


def said(value: Any) -> object:
    try:
        return text_of(value)
    except BadRow as bad:
        return repr(bad.reason).encode()


@given(CELL)
def test_a_cell_is_what_it_is(value: Any) -> None:
    slowly = Subtext(value) if isinstance(value, str) else value
    assert kind_of(value) == kind_of(slowly)
    row = RowView({"question": value})
    assert repr(row.value("question")) == repr(None if is_nothing(value) else unwritten(value))
    assert row.used == {"question"} and row.has("question") == (not is_nothing(value))
    if isinstance(value, str):
        assert said(value) == said(slowly)
        if isinstance(said(value), str):
            assert said(value) == unicodedata.normalize("NFC", value).strip(" \t\r\n\u3000\ufeff")


@given(CELL, CELL)
def test_of_two_columns_of_a_role_the_first_filled_is_read(one: Any, two: Any) -> None:
    row = RowView({"question": one, "stem": two})
    wanted = next((unwritten(value) for value in (one, two) if not is_nothing(value)), None)
    assert repr(row.value("question")) == repr(wanted)
    assert set(row.instead) == ({"stem"} if not is_nothing(one) and not is_nothing(two) else set())


def test_a_control_character_is_no_text_however_it_is_read() -> None:
    for value in ("a\x00b", Subtext("a\x00b"), ["a\x00b"]):
        assert b"control character" in bytes(said(value))  # type: ignore[call-overload]


def test_a_plain_row_takes_few_steps() -> None:
    """What follows from the columns alone is not worked out for each row: a million rows are a million times that."""
    conversion, source = Conversion(columns={"问": "question"}), RowOrigin(file="a.jsonl", line=1)
    values = {"id": "1", "问": "上腹痛三天，应做哪些检查？", "answer": "建议先做胃镜检查。", "department": "消化内科"}
    conversion.rows(values, source)
    steps = 0

    def count(frame: FrameType, event: str, argument: object) -> None:
        nonlocal steps
        steps += event == "call"

    sys.setprofile(count)
    try:
        conversion.rows(values, source)
    finally:
        sys.setprofile(None)
    assert steps < 75  # calls of Python functions: 71 of them, and 99 before
