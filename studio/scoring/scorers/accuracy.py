"""Multiple choice by the generated answer: the letters read from it are the gold letters, all and only.

>>> import asyncio
>>> question = Question(id="1", stem="Which?", options={"A": "one", "B": "two"}, gold="B")
>>> asyncio.run(mark(question, Response("The answer is (B)."))).score
1.0
>>> asyncio.run(mark(question, Response("Hard to say."))).flags
{'unread': True}
"""

from __future__ import annotations

from studio.core.text import Text
from studio.data.records.question import Question
from studio.scoring.base import Mark, Response, Scorer
from studio.scoring.extraction.choice import read_choice


def applies(question: Question) -> bool:
    return question.is_choice


async def mark(question: Question, response: Response, *_: object) -> Mark:
    """Mark one answer; what cannot be read is wrong and counted."""
    reading = read_choice(response.text, question.options, question.stem)
    if reading is None:
        return Mark(0.0, flags={"unread": True})
    right = set(reading.letters) == set(question.gold)
    return Mark(float(right), reading.letters, reading.rule, {"unread": False})


SCORER = Scorer(
    Text("Accuracy", "准确率"),
    Text(
        "Share of multiple-choice questions whose generated answer chooses the right option; unreadable answers are wrong.",
        "选择题中，生成的回答选对选项的比例；读不出选项的回答算错。",
    ),
    applies,
    mark,
    rank=0,
)
