"""Answers that only repeat the question."""

from __future__ import annotations

from studio.core.text import Text
from studio.data.checks._pieces import exchanges, piece
from studio.data.checks.base import Check, Finding
from studio.data.normal import normal
from studio.data.records.base import Row
from studio.data.records.question import Question

_LEAST = 6  # letters: "你好" may well be answered by "你好"
_APART = 12  # characters: two texts that are the same but for signs do not differ in length by more


def _same(asked: str, said: str) -> bool:
    if abs(len(asked) - len(said)) > _APART or (
        asked[:1] != said[:1] and normal(asked[:8])[:2] != normal(said[:8])[:2]
    ):
        return False
    mark = normal(asked)
    return len(mark) >= _LEAST and mark == normal(said)


def _find(row: Row) -> Finding | None:
    for asked, said in exchanges(row):
        if _same(asked, said) or ("\n" in asked and any(_same(line, said) for line in asked.split("\n"))):
            return Finding(Text("the answer is the question", "答案与题目相同"), piece(said))
    return None


CHECK = Check(
    Text("Answer equals question", "答案重复题目"),
    Text("The model learns to repeat what it is asked.", "模型会学会重复提问，而不回答。"),
    _find,
    finds=(
        Question(id="1", stem="高血压患者应该如何治疗？", gold="高血压患者应该如何治疗"),
        Question(id="2", stem="高血压\n高血压患者应该如何治疗？", gold="高血压患者应该如何治疗？"),
        Question(id="3", stem="How is hypertension treated?", gold="how is hypertension treated"),
    ),
    passes=(
        Question(id="4", stem="你好", gold="你好"),
        Question(id="5", stem="高血压患者应该如何治疗？", gold="高血压患者应该规律服药。"),
    ),
)
