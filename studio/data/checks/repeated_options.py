"""Options that stand twice in one question."""

from __future__ import annotations

from studio.core.text import Text
from studio.data.checks.base import Check, Finding
from studio.data.normal import normal
from studio.data.records.base import Row
from studio.data.records.question import Question


def _find(row: Row) -> Finding | None:
    if not isinstance(row, Question) or not row.options:
        return None
    seen: dict[str, str] = {}
    for letter, text in row.options.items():
        same = seen.setdefault(normal(text) or text, letter)
        if same == letter:
            continue
        right = {same, letter} & set(row.gold)
        kind = (
            Text("the right option stands twice", "正确选项出现两次")
            if right
            else Text("an option stands twice", "有选项重复")
        )
        return Finding(kind, f"{same}. {row.options[same]}  {letter}. {text}")
    return None


CHECK = Check(
    Text("Repeated options", "选项重复"),
    Text(
        "Two options are the same: where it is the right one, a right answer may be counted as wrong; where not, the question is "
        "easier than it is.",
        "两个选项相同：如果是正确选项，答对也可能被判错；否则题目会变得更容易。",
    ),
    _find,
    finds=(
        Question(id="1", stem="首选的抗凝药物是", options={"A": "肝素", "B": "阿司匹林", "C": "肝素。"}, gold="A"),
        Question(
            id="2", stem="The antidote is", options={"A": "protamine", "B": "Vitamin K", "C": "vitamin K"}, gold="A"
        ),
    ),
    passes=(
        Question(id="3", stem="结果是", options={"A": "HBsAg(+)", "B": "HBsAg(-)"}, gold="A"),
        Question(id="4", stem="The course is", options={"A": "↓ ↓ ↓", "B": "↓ ↑ ↓", "C": "↑ ↑ ↑"}, gold="A"),
    ),
)
