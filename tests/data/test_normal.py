import re
import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from studio.data.normal import _MINUS, _ONE_SPELLING, _OTHERS, _POINT, marks, normal, split_fraction
from studio.data.records.question import Question


def test_width_case_and_punctuation_do_not_tell_questions_apart() -> None:
    one = Question(id="1", stem="治疗高血压首选（　　）。", options={"A": "甲", "B": "乙"}, gold="A")
    two = Question(id="2", stem="治疗高血压，首选", options={"A": "乙。", "B": "甲"}, gold="B")
    other = Question(id="3", stem="治疗低血压首选（　　）。", options={"A": "甲", "B": "乙"}, gold="A")
    assert marks(one).asked == marks(two).asked != marks(other).asked
    assert split_fraction(marks(one).shared) == split_fraction(marks(two).shared)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("HBsAg(+)、抗-HBs(-)，诊断为", "HBsAg(-)、抗-HBs(+)，诊断为"),
        ("HBsAg+、HBeAg-，诊断为", "HBsAg-、HBeAg+，诊断为"),
        ("Rh（－）", "Rh（＋）"),
        ("pH<7.35 提示", "pH>7.35 提示"),
        ("pH≥7.35", "pH＜7.35"),
        ("每次1.5mg", "每次15mg"),
        ("肾上腺素 1：1000", "肾上腺素 11000"),
        ("每次5-10片", "每次510片"),
        ("BE 为 -3", "BE 为 3"),
        ("-5", "5"),
        ("血钾↑", "血钾↓"),
        ("50%葡萄糖", "50葡萄糖"),
    ],
)
def test_signs_that_change_the_meaning_tell_questions_apart(one: str, other: str) -> None:
    assert normal(one) != normal(other)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("chest X-ray of IL-6", "Chest X ray of IL 6"),
        ("α-受体—即 β-受体", "α受体，即β受体"),
        ("HBsAg（－）、抗-HBs（＋）", "HBsAg(-) 抗HBs(+)"),
        ("HBsAg(–)", "HBsAg ( - )"),
        ("pH≤7.35", "pH <= 7.35"),
        ("每日 1,000 mg。", "每日1000mg"),
        ("每次5～10片", "每次 5–10 片"),
        ("首选：阿司匹林/氯吡格雷", "首选阿司匹林 氯吡格雷"),
        ("pain - severe", "pain, severe"),
        ("ends. 5 days", "ends 5 days"),
    ],
)
def test_ways_of_writing_do_not_tell_questions_apart(one: str, other: str) -> None:
    assert normal(one) == normal(other)


def plain(text: str) -> str:
    """`normal`, each step of which is taken whether or not there is something for it."""
    folded = unicodedata.normalize("NFKC", text).casefold().translate(_ONE_SPELLING)
    return _OTHERS.sub("", re.sub(r"\s+", "", _POINT.sub("", _MINUS.sub("−", folded))))


@given(st.text() | st.text("a1A−-–‐⁄~.:：/≥≤<(（ \u3000)_+%—五ﬁ") | st.text("中A1%=+，。？（） \u3000\n,?\"'"))
def test_steps_that_are_left_out_would_have_changed_nothing(text: str) -> None:
    assert normal(text) == plain(text)


@given(st.text() | st.text("a1-−–~.:/≥<(（ )_+%—五"))
def test_normalising_twice_changes_nothing(text: str) -> None:
    once = normal(text)
    assert normal(once) == once
