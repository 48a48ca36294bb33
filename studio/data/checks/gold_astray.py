"""Right answers that are not among the options, or that the explanation contradicts."""

from __future__ import annotations

import re

from studio.core.text import Text
from studio.data.checks._pieces import explanations, piece
from studio.data.checks.base import Check, Finding, holds
from studio.data.records.base import Row
from studio.data.records.question import Question

_ABSENT = Text("the right letter is no option", "正确选项的字母不在选项中")
_BARE = Text("the answer is a letter, and there are no options", "答案是字母，却没有选项")
_OTHER = Text("the explanation ends with another letter", "解析得出的是另一个选项")
_LETTER = re.compile(r"[\s(（]*[A-H](?:\s*[,，、]?\s*[A-H])*[\s.。)）]*")
_LONGEST = 12  # characters of a letter with its brackets
_LISTED = re.compile(r"(?:^|\s)[A-D][.、．)）]\s*\S")
_CONCLUDES = re.compile(
    r"(?:故[本此]?题?(?:正确答案)?(?:应)?[选为是]|[本此]题(?:应)?选|正确答案[为是应选：:]{1,2}|因此选|所以选|所以答案是)\s*(?:选项)?\s*([A-H]{1,8})(?![A-Za-z0-9型族])"
    r"|(?:[Cc]orrect answer is|[Tt]he answer is)\s*(?:[Oo]ption |[Cc]hoice )?\(?([A-H])\b(?! \w)"
)
_CONCLUDED = ("选", "答案", "nswer is")


def _find(row: Row) -> Finding | None:
    if not isinstance(row, Question):
        return None
    if not row.is_choice:
        if len(row.gold) <= _LONGEST and _LETTER.fullmatch(row.gold):
            letters = set(re.findall("[A-H]", row.gold))
            listed = {found.group().strip()[0] for found in _LISTED.finditer(row.stem)}
            if (
                not listed
                and "A" <= row.gold.strip() <= "H"
                and not re.search(r"维生素|血型|vitamin|blood", row.stem, re.I)
            ):
                return Finding(_BARE, f"{piece(row.stem)} → {row.gold}")
            if listed and not letters <= listed | {"E", "F"}:
                return Finding(_ABSENT, f"{piece(row.stem)} → {row.gold}")
        return None
    if not all(letter in row.options for letter in row.gold):
        return Finding(_ABSENT, f"{piece(row.stem)} → {row.gold}")
    for text in explanations(row):
        if not holds(text, _CONCLUDED):
            continue
        found = [first or second for first, second in _CONCLUDES.findall(text)]
        if found and not any(set(letters) == set(row.gold) for letters in found):
            return Finding(_OTHER, f"{row.gold} ≠ {found[-1]} · {piece(text, max(text.rfind(found[-1]), 0))}")
    return None


_OPTIONS = {"A": "阿司匹林", "B": "肝素", "C": "华法林"}

CHECK = Check(
    Text("Gold not among the options", "答案与选项不符"),
    Text(
        "The right letter stands for no option, or the explanation comes to another one: the row teaches something wrong, or says "
        "so of a right answer.",
        "正确答案的字母没有对应的选项，或解析得出了另一个选项：这样的行会教错，或把对的判成错的。",
    ),
    _find,
    finds=(
        Question(id="1", stem="首选的抗凝药物是", options=_OPTIONS, gold="E"),
        Question(id="2", stem="首选的抗凝药物是", options=_OPTIONS, gold="B", explanation="华法林可以口服。故选C。"),
        Question(id="3", stem="首选的抗凝药物是", gold="B"),
        Question(id="4", stem="The antidote is", options=_OPTIONS, gold="A", explanation="So the correct answer is B."),
    ),
    passes=(
        Question(id="5", stem="首选的抗凝药物是", options=_OPTIONS, gold="B", explanation="肝素起效快。故选B。"),
        Question(id="6", stem="首选的抗凝药物是\nA. 阿司匹林 B. 肝素", gold="B"),
        Question(id="7", stem="夜盲症缺乏的维生素是", gold="A"),
    ),
)
