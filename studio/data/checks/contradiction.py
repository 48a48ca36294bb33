"""The same question with answers that cannot both be right."""

from __future__ import annotations

import re

from studio.core.text import Text
from studio.data.checks._pieces import piece
from studio.data.checks.base import Check, Finding
from studio.data.normal import answer_mark, normal
from studio.data.records.base import Row

_NUMBER = re.compile(r"\d+(?:\.\d+)?")
_MEASURED = re.compile(r"(\d+(?:\.\d+)?)\s*([^\W\d_]+|%)")
_DENIED = re.compile(
    r"\b(?:is not|are not|does not|do not|should not|must not|cannot|not|never|no)\b|不可以|不应该|不应|不能|不宜|不可|不需要|不需|不会|不是|不|无需|无|没有|未|禁止|禁用|禁忌|避免",
    re.IGNORECASE,
)
_AFFIRMED = re.compile(
    r"\b(?:is|are|does|do|should|must|can|yes)\b|可以|应该|应|能|宜|可|需要|需|会|是|有", re.IGNORECASE
)
_SHORT = 40  # characters of an answer that says one thing

_OTHER_OPTION = Text("the same question, and another option is right", "题目相同，但正确选项不同")
_OTHER_NUMBER = Text("the same question, and the answers differ in a number", "题目相同，但答案中的数值不同")
_DENIAL = Text("the same question, and one answer denies what the other says", "题目相同，但一个肯定、一个否定")


def _said(row: Row) -> str:
    return "\n".join(row.answered)


def _kind(one: str, other: str) -> Text | None:
    """Return how two answers to the same question contradict each other; None where they may both be right."""
    numbers = [_NUMBER.findall(text) for text in (one, other)]
    if all(numbers) and numbers[0] != numbers[1]:
        if normal(_NUMBER.sub("#", one)) == normal(_NUMBER.sub("#", other)):
            return _OTHER_NUMBER
        units = [{unit: number for number, unit in _MEASURED.findall(text)} for text in (one, other)]
        shared = units[0].keys() & units[1].keys()
        if max(len(one), len(other)) <= _SHORT and any(units[0][unit] != units[1][unit] for unit in shared):
            return _OTHER_NUMBER
    denied = [bool(_DENIED.search(text)) for text in (one, other)]
    if denied[0] != denied[1]:
        bare = [normal(_AFFIRMED.sub("", _DENIED.sub("", text))) for text in (one, other)]
        if bare[0] == bare[1]:
            return _DENIAL
    return None


def _beside(row: Row, first: Row) -> Finding | None:
    if answer_mark(row) == answer_mark(first):
        return None
    said = _said(row), _said(first)
    kind = _OTHER_OPTION if row.one_answer else _kind(*said)
    return Finding(kind, " ≠ ".join(map(piece, said))) if kind is not None else None


CHECK = Check(
    Text("Contradictions", "答案矛盾"),
    Text(
        "The model learns both, and neither well; in a test set one of them is counted as wrong.",
        "模型两个答案都学，哪个也学不好；在测试集里，总有一个会被判错。",
    ),
    lambda row: None,
    finds=(),
    passes=(),
    beside=_beside,
)
