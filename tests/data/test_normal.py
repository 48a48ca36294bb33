from hypothesis import given
from hypothesis import strategies as st

from studio.core.records import Question
from studio.data.normal import fingerprint, normal, stem_fraction


def test_width_case_and_punctuation_do_not_tell_questions_apart() -> None:
    one = Question(id="1", stem="治疗高血压首选（　　）。", options={"A": "甲", "B": "乙"}, gold="A")
    two = Question(id="2", stem="治疗高血压，首选", options={"A": "乙。", "B": "甲"}, gold="B")
    other = Question(id="3", stem="治疗低血压首选（　　）。", options={"A": "甲", "B": "乙"}, gold="A")
    assert fingerprint(one) == fingerprint(two) != fingerprint(other)
    assert stem_fraction(one) == stem_fraction(two)


@given(st.text())
def test_normalising_twice_changes_nothing(text: str) -> None:
    once = normal(text)
    assert normal(once) == once
