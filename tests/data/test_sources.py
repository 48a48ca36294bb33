"""Rows in the layouts of public sources become what their users expect, or the question that has to be answered."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pytest

from studio.core.errors import InputError
from studio.data.conversion import Conversion
from studio.data.guess import guess, require_understood
from studio.data.raw import RawRow
from studio.data.records.base import Row, RowOrigin
from studio.data.records.conversation import Conversation
from studio.data.records.judged import Judged
from studio.data.records.preference import Preference
from studio.data.records.question import Question
from studio.data.records.rubric import Rubric
from studio.data.row_view import BadRow
from tests.data.sources import ASKED, FORMS, A, B, Q

HERE = RowOrigin(file="raw.jsonl", line=1)
CASES = [(form, source, row) for form, rows in FORMS.items() for source, row in rows.items()]


def made(row: Mapping[str, Any], **options: Any) -> Row:
    """Return the one row that comes of it; numbers count from 0."""
    return Conversion(**{"base": 0, **options}).rows(row, HERE)[2][0]


@pytest.mark.parametrize(("form", "source", "row"), CASES, ids=[f"{form}: {source}" for form, source, _ in CASES])
def test_a_row_of_a_public_source(form: str, source: str, row: dict[str, Any]) -> None:
    one = made(row)
    if isinstance(one, Question):
        assert Q in one.stem or one.stem.startswith(("Does it", "does it", "What does")), one
        if form == "choice":
            assert [one.options[letter].strip(".") for letter in one.gold] == [A]
            assert "Answer Choices" not in one.stem and "" not in one.options.values()
        elif form == "yes/no":
            assert one.options["A"] == "yes" and one.gold in "AC" and one.contexts == ("a",)
        else:
            assert one.gold == "B" if one.options else one.gold in (A, "It does.", "Heparin.")
    elif isinstance(one, Conversation):
        assert form == "conversation"
        turns = [turn for turn in one.messages if turn.role != "system"]
        assert turns[0].role == "user" and Q in turns[0].content and turns[-1].role == "assistant"
        assert A in "".join(turn.content for turn in turns if turn.role == "assistant")
    elif isinstance(one, Preference):
        assert form == "preference" and (one.chosen, one.rejected) == (A, B) and one.prompt[-1].content == Q
    elif isinstance(one, Judged):
        assert form == "judged" and (one.answer, one.good, one.prompt[-1].content) == (A, True, Q)
    else:
        assert isinstance(one, Rubric) and form == "rubric" and one.prompt[-1].content == Q
        assert [item.points for item in one.criteria] == [5, -3]


@pytest.mark.parametrize("source", ASKED)
def test_what_would_change_the_meaning_is_asked(source: str) -> None:
    row, columns = ASKED[source]
    raw = [RawRow(1, dict(row))] * 3
    found = guess(raw, Conversion(), "raw.jsonl")
    assert sorted(found.asked) == sorted(columns)
    with pytest.raises(InputError) as caught:
        require_understood(found, raw, "raw.jsonl")
    assert all(f"'{column}'" in caught.value.to("en") and f"“{column}”" in caught.value.to("zh") for column in columns)


def test_questions_without_answers_are_refused_for_that() -> None:
    raw = [RawRow(1, {"id": 1, "question": "Can mumps cause deafness?"})]
    with pytest.raises(InputError, match="The rows hold questions and no answers: the fields are id, question"):
        require_understood(guess(raw, Conversion(), "raw.csv"), raw, "raw.csv")


def test_what_stands_beside_a_row_is_kept() -> None:
    one = made(
        {
            "Question": Q,
            "Options": "A 维生素K\nB 鱼精蛋白",
            "Answer": "B",
            "Disease Group": "中毒",
            "Area of Competency": "治疗",
            "Clinical Department": "急诊科",
            "Medical Discipline": "临床医学",
            "Difficulty level": "2",
        }
    )
    assert isinstance(one, Question) and one.group == "急诊科"
    assert one.labels == {
        "department": "急诊科",
        "discipline": "临床医学",
        "disease": "中毒",
        "competency": "治疗",
        "level": "2",
    }
    reasoned = made(FORMS["conversation"]["reasoning in the turn"])
    assert reasoned.answered == (f"<think>\n先想。\n</think>\n\n{A}",)
    assert made(FORMS["conversation"]["thought in a column"]).answered == reasoned.answered
    kqa = made(FORMS["open"]["K-QA"])
    assert isinstance(kqa, Question) and kqa.criteria == ("甲", "乙")
    factoid = made(FORMS["open"]["BioASQ, factoid"])
    assert isinstance(factoid, Question) and factoid.accepted == ("heparin", "UFH")
    bare = made({"Question": Q, "Must_have": ["甲", "乙"], "Nice_to_have": ["丙"]})
    assert isinstance(bare, Rubric) and [item.text for item in bare.criteria] == ["甲", "乙"]
    squad = made(FORMS["case"]["SQuAD, nested"])
    assert isinstance(squad, Question) and squad.family == "t\n一段。"


@pytest.mark.parametrize(
    ("row", "reason"),
    [
        ({"question": {"a": 1}, "answer": "x"}, 'the question is no text: {"a": 1}'),
        ({"question": Q, "answer": [A, {"b": 1}]}, "a text is wanted, this is an object"),
        ({"question": Q, "answer": []}, "the answer is empty"),
        ({"question": [], "answer": A}, "the question is empty"),
        ({"question": Q, "answer": "\u0000x"}, r"a control character \(U\+0000\)"),
        ({"question": Q, "answer": float("inf")}, "inf, which is no number"),
        ({"answer": A}, "no field asks anything"),
        ({"question": Q}, "no field answers it"),
        ({"question": Q, "options": {}, "answer": "B"}, "there are no options"),
        ({"question": Q, "options": {"A": A, "B": B}, "answer": B, "answer_idx": "A"}, "its text is that of option B"),
        ({"question": Q, "responses": [{"text": A, "score": 1}, {"text": B, "score": 0}]}, "it has 2 answers"),
        ({"messages": [{"role": "narrator", "content": Q}]}, "the speaker 'narrator' is not known"),
        ({"messages": [{"content": Q}]}, "a turn does not say who speaks: its fields are content"),
        ({"messages": [{"role": "user", "content": Q}]}, "the assistant says nothing"),
        ({"messages": [{"role": "user", "content": [{"type": "image_url", "image_url": "x"}]}]}, "images, sound or video"),
        ({"prompt": Q, "chosen": A, "rejected": A}, "both answers are the same"),
        ({"prompt": Q, "chosen": A, "rejected": ""}, "the worse answer is empty"),
        ({"prompt": Q, "completion": A, "label": None}, "'label' is empty"),
        ({"title": "x", "QA_pairs": [{"question": "", "answer": A}]}, "question 1 of the case is empty"),
    ],
)  # fmt: skip
def test_a_row_that_is_not_taken_says_what_it_looks_like(row: dict[str, Any], reason: str) -> None:
    with pytest.raises(BadRow, match=reason):
        made(row)


def test_an_answer_that_says_there_is_none_is_an_answer() -> None:
    for said in ("无", "None", "否", "0"):
        one = made({"question": "该患者有无药物过敏史？", "answer": said})
        assert isinstance(one, Question) and not one.options and one.gold == said
