"""Options in which nothing stands."""

from __future__ import annotations

import re

from studio.core.text import Text
from studio.data.checks.base import Check, Finding
from studio.data.records.base import Row
from studio.data.records.question import Question

# Signs that say something (+, -, ↑, ±) are not among them: they may be the whole of an option.
_NOTHING = re.compile(
    r"[\s.。,，、;；:：…—_?？!！()（）*·]*(?:略|空|选项\s*[A-J]?|option\s*[A-J]?|n/?a|nan|null|undefined)?[\s.。,，、;；:：…—_?？!！()（）*·]*",
    re.IGNORECASE,
)
_LONGEST = 12  # characters


def _find(row: Row) -> Finding | None:
    if not isinstance(row, Question):
        return None
    for letter, text in row.options.items():
        if len(text) <= _LONGEST and _NOTHING.fullmatch(text):
            return Finding(Text("an option says nothing", "有选项没有内容"), f"{letter}. {text}")
    return None


_OPTIONS = {"A": "阿司匹林", "B": "肝素", "C": "华法林"}

CHECK = Check(
    Text("Near-empty options", "选项没有内容"),
    Text(
        "An option that is only a mark or a placeholder can be ruled out without knowing anything: the question gets easier than it "
        "is.",
        "只有符号或占位符的选项，不懂医学也能排除：题目会变得比原来容易。",
    ),
    _find,
    finds=(
        Question(id="1", stem="首选的抗凝药物是", options={**_OPTIONS, "D": "……"}, gold="B"),
        Question(id="2", stem="首选的抗凝药物是", options={**_OPTIONS, "D": "选项D"}, gold="B"),
        Question(id="3", stem="The antidote is", options={"A": "protamine", "B": "nan"}, gold="A"),
    ),
    passes=(
        Question(id="4", stem="结果是", options={"A": "+", "B": "−", "C": "↑", "D": "±"}, gold="A"),
        Question(id="5", stem="治疗", options={**_OPTIONS, "D": "无"}, gold="B"),
        Question(id="6", stem="维生素", options={"A": "A", "B": "B", "C": "K"}, gold="C"),
    ),
)
