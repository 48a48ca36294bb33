"""Explanations and options that name letters."""

from __future__ import annotations

import re

from studio.core.text import Text
from studio.data.checks._pieces import explanations, matched, piece
from studio.data.checks.base import Check, Finding
from studio.data.records.base import Row
from studio.data.records.question import Question

_KIND = Text("the explanation names options by their letters", "解析用字母指代选项")
_OPTION = Text("an option refers to others", "有选项指代其他选项")
_L = r"[A-H](?:[、,，和及与]?[A-H])*"
_EDGE = r"(?<![A-Za-z0-9素型组类期族])"
_NAMED = re.compile(
    rf"{_EDGE}{_L}(?:项|选项)?(?:均|都|为|是)?(?:不?正确|错误|不对|[对错](?=[)）A-H，,。；;、\s]|$))"
    rf"|(?:选项|故选|应选|本题选|答案选|正确选|因此选|所以选)\s*[（(]?{_L}(?![A-Za-z0-9型])"
    rf"|{_EDGE}{_L}\s*(?:选项|项)"
    rf"|答案[为是：: ]{{1,2}}{_L}(?![A-Za-z0-9型])"
    r"|\b(?:[Oo]ption|[Cc]hoice)s?\s+\(?[A-H]\b(?!')|\b[Aa]nswer (?:is|:)\s*\(?[A-H]\b(?! \w)"
)
_OTHERS = re.compile(
    r"(?:以上|上述)[^，。]{0,4}(?:都|均|皆|全|不)|(?:all|none|both|neither|any|some) of (?:the )?(?:above|these|those|options)"
    r"|(?:both |neither )?[A-H](?:\s*(?:和|与|及|或|\+|and|or|&|、|,|nor)\s*[A-H])+\b",
    re.IGNORECASE,
)
_LONGEST = 40  # characters of an option that refers to others


def _find(row: Row) -> Finding | None:
    if not isinstance(row, Question):
        return None
    if not row.is_choice:
        return None if len(row.gold) > _LONGEST else matched(_KIND, (row.gold,), _NAMED)
    found = matched(_KIND, explanations(row), _NAMED)
    if found is not None:
        return found
    for letter, text in row.options.items():
        if len(text) <= _LONGEST and _OTHERS.match(text):
            return Finding(_OPTION, f"{letter}. {piece(text)}")
    return None


_OPTIONS = {"A": "阿司匹林", "B": "肝素", "C": "华法林"}

CHECK = Check(
    Text("Letters named", "指代选项字母"),
    Text(
        "“C is right, B is wrong” is false as soon as the options are shuffled, and so is “both A and B” among them.",
        "解析里写“选项 C 正确”，或选项写“以上都是”，打乱选项顺序后就不成立了。",
    ),
    _find,
    finds=(
        Question(
            id="1",
            stem="首选的抗凝药物是",
            options=_OPTIONS,
            gold="B",
            explanation="肝素起效快（B对），华法林慢（C错）。",
        ),
        Question(id="2", stem="首选的抗凝药物是", options=_OPTIONS, gold="B", explanation="选项B起效快。"),
        Question(id="3", stem="抗凝药物是", options={**_OPTIONS, "D": "以上都是"}, gold="B"),
        Question(id="4", stem="The antidote is", options={"A": "x", "B": "y", "C": "Both A and B"}, gold="A"),
        Question(id="5", stem="The antidote is", options=_OPTIONS, gold="A", explanation="Option C is given orally."),
    ),
    passes=(
        Question(
            id="6", stem="首选的抗凝药物是", options=_OPTIONS, gold="B", explanation="维生素A对视力有益，B超检查正常。"
        ),
        Question(
            id="7", stem="维生素", options={"A": "A族", "B": "B族", "C": "维生素C"}, gold="A", explanation="甲型流感"
        ),
        Question(
            id="8",
            stem="The antidote is",
            options={"A": "Hepatitis A and E virus", "B": "y"},
            gold="A",
            explanation="V(D)J",
        ),
    ),
)
