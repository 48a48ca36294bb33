"""How rows are worded: answer styles, options in another order with all that speaks of them, a system prompt."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from studio.core.records import Message
from studio.data.records.conversation import Conversation
from studio.data.records.question import Question
from studio.models.load import load_tokenizer
from studio.runs.view import view
from studio.training.encoding import load
from studio.training.lesson import LessonOptions, lesson
from studio.training.shuffle import renamed, shuffled
from tests.training.conftest import Order

OPTIONS = {"A": "鱼精蛋白", "B": "维生素K", "C": "纳洛酮", "D": "阿托品"}
TURNED = {"A": "C", "B": "A", "C": "D", "D": "B"}


def question(explanation: str = "", id: str = "q", **fields: object) -> Question:
    given = {"stem": "肝素过量时首选", "options": OPTIONS, "gold": "A", "explanation": explanation, **fields}
    return Question.model_validate({"id": id, **given})


def said(row: Question, **options: object) -> str:
    return lesson(row, LessonOptions.model_validate(options), 1).turns[-1].content


def test_an_answer_is_worded_in_the_style_asked_for() -> None:
    row = question("鱼精蛋白中和肝素（A对）。")
    assert said(row) == "A. 鱼精蛋白"
    assert said(row, answer_style="letter") == "A"
    assert said(row, answer_style="explanation_first") == "鱼精蛋白中和肝素（A对）。\n\n故选A. 鱼精蛋白"
    assert said(question(), answer_style="explanation_first") == "A. 鱼精蛋白"
    assert said(Question(id="o", stem="肝素过量？", gold="鱼精蛋白"), answer_style="letter") == "鱼精蛋白"
    english = Question(id="e", stem="Which two?", options={"A": "One", "B": "Two"}, gold="AB", explanation="Both do.")
    assert said(english, answer_style="letter") == "A, B"
    assert (
        said(english, answer_style="explanation_first") == "Both do.\n\nTherefore, the answer is A, B\nA. One\nB. Two"
    )


@pytest.mark.parametrize(
    ("text", "after"),
    [
        ("C对，B错", "D对，A错"),
        ("鱼精蛋白（A对）；维生素K（B错）、其余（CD错）。故选A。", "鱼精蛋白（C对）；维生素K（A错）、其余（BD错）。故选C。"),
        ("A、C项均错误。", "C、D项均错误。"),
        ("A. 鱼精蛋白中和肝素", "C. 鱼精蛋白中和肝素"),
        ("A 鱼精蛋白", "C 鱼精蛋白"),
        ("Option B is wrong. The answer is A.", "Option A is wrong. The answer is C."),
        ("维生素C缺乏，B细胞减少，hepatitis B 和 DNA、ACE、CAD 不变", "维生素C缺乏，B细胞减少，hepatitis B 和 DNA、ACE、CAD 不变"),
        ("A 45-year-old man with C. difficile", "A 45-year-old man with C. difficile"),
        ("A 45-year-old man; B is wrong", "A 45-year-old man; A is wrong"),
        ("没有字母", "没有字母"),
    ],
)  # fmt: skip
def test_letters_in_an_explanation_follow(text: str, after: str) -> None:
    assert renamed(text, OPTIONS, TURNED) == after


@pytest.mark.parametrize(
    "text",
    [
        "A～C均错",
        "B-D are wrong",
        "前三项错误",
        "第二项正确",
        "The first option is right",
        "Ans. is 'a' i.e. protamine",
        "选Ａ",
        "血型为A的人，B",
        "与C相比更快",
        "维生素C错",
    ],
)
def test_a_question_stays_as_it_is_where_its_explanation_could_not_follow(text: str) -> None:
    row = question(text)
    assert renamed(text, OPTIONS, TURNED) is None
    learned = lesson(row, LessonOptions(answer_style="explanation_first", shuffle_options=True), 3)
    assert learned.kept_order
    assert learned.turns == row.answered_by("explanation_first")


@pytest.mark.parametrize(
    "fields",
    [
        {"options": {**OPTIONS, "D": "以上都不是"}},
        {"options": {**OPTIONS, "D": "A和C"}},
        {"options": {"A": "One", "B": "Two", "C": "Both A and B"}, "stem": "Which?"},
        {"options": {"A": "One", "B": "Two", "C": "All of the above"}, "stem": "Which?"},
        {"stem": "选项B的正确名称是"},
        {"thought": "先看A～C。"},
    ],
)
def test_options_that_speak_of_each_other_stay_in_their_order(fields: dict[str, object]) -> None:
    assert shuffled(question(**fields), 3) is None


def test_whatever_the_order_each_verdict_stays_with_its_option() -> None:
    """Five hundred orders: behind every text stands the letter under which it stands, and the gold is the same text."""
    explanation = "；".join(f"{text}（{letter}{'对' if letter in 'AC' else '错'}）" for letter, text in OPTIONS.items())
    orders = set()
    for number in range(500):
        new = shuffled(question(f"{explanation}。", id=str(number), gold="AC"), 7)
        assert new is not None
        assert sorted(new.options.values()) == sorted(OPTIONS.values()) and list(new.options) == list(OPTIONS)
        assert {new.options[letter] for letter in new.gold} == {"鱼精蛋白", "纳洛酮"}
        for text, letter, verdict in re.findall(r"(\w+)（([A-D])([对错])）", new.explanation):
            assert new.options[letter] == text
            assert (letter in new.gold) == (verdict == "对")
        orders.add(tuple(new.options.values()))
    assert len(orders) == 24
    assert shuffled(question(id="1"), 7) == shuffled(question(id="1"), 7) != shuffled(question(id="1"), 8)


def test_a_system_prompt_stands_in_front_of_what_has_none() -> None:
    options = LessonOptions(system=" 你是药师。 ")
    assert lesson(question(), options, 0).turns[0].content == "你是药师。"
    own = question(system="你是护士。")
    assert lesson(own, options, 0).turns == own.turns
    talk = Conversation(id="c", messages=(Message(role="user", content="a"), Message(role="assistant", content="b")))
    assert [turn.role for turn in lesson(talk, options, 0).turns] == ["system", "user", "assistant"]


def test_rows_that_could_not_be_shuffled_are_counted_for_the_user(order: Order, tiny_model: Path) -> None:
    rows = [question(id="1"), question(id="2", stem="选项B的名称是")]
    recipe, job = order(train=rows, objective={"name": "sft", "shuffle_options": True})
    train, _ = load(job.locate("dataset"), load_tokenizer(tiny_model), 512, job, recipe.objective.options, recipe.seed)
    assert train.kept_order == 1
    assert [notice.en[:40] for notice in view(job.run).notices] == ["1 rows keep the order of their options: "]
