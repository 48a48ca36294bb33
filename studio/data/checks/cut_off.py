"""Answers that end in the middle."""

from __future__ import annotations

import re

from studio.core.text import Text
from studio.data.checks._pieces import explanations, piece
from studio.data.checks.base import Check, Finding
from studio.data.records.base import Row
from studio.data.records.question import Question

_LEAST = 20  # characters: a shorter answer is a name or a fragment of its own right
_TAIL = 80  # characters looked at for a bracket
_NEAR = 24  # and for a word in the middle
_MIDDLE = re.compile(
    r"(?:[,，、:：;；(（\[【]|(?:[，。；,;\s][^，。；,;\s]{0,12})(?:和|或|及|以及|并且|而且|但是|因为|由于|如果|例如|比如)"
    r"|\s(?:and|or|but|the|a|an|of|to|with|in|for|by|from|is|are|that|which|because|such as))\s*\Z"
)
_OPEN = re.compile(r"[(（\[【「『《][^()（）\[\]【】「」『』《》]*\Z")
_ENDED = frozenset("。！？!?.…~～”\"'’）)]】>》」』*`")
_ELLIPSIS = re.compile(r"[\w，,、](?:…{1,2}|\.{3,6}|。{3,6})\s*\Z")
_LONG = 100  # characters: what trails off after that many was cut by a program


def _is_cut(text: str) -> bool:
    tail = text[-_TAIL:].rstrip()
    if tail[-1:] in _ENDED:
        return len(text) >= _LONG and tail.endswith(("…", "..", "。。")) and _ELLIPSIS.search(tail) is not None
    return _MIDDLE.search(tail[-_NEAR:]) is not None or _OPEN.search(tail) is not None


def _find(row: Row) -> Finding | None:
    for text in (*row.answers(), *explanations(row)):
        if len(text) >= _LEAST and _is_cut(text):
            return Finding(Text("it ends in the middle", "内容在中途中断"), piece(text, len(text) - 1))
    return None


CHECK = Check(
    Text("Cut off", "内容不完整"),
    Text(
        "The answer or explanation ends with a comma, a conjunction, an open bracket or an ellipsis: the model learns to stop in "
        "the middle.",
        "答案或解析以逗号、连词、未闭合的括号或省略号结尾：模型会学会说到一半就停。",
    ),
    _find,
    finds=(
        Question(id="1", stem="高血压患者如何治疗？", gold="首先改善生活方式，限制钠盐摄入，规律运动，戒烟限酒，"),
        Question(
            id="2", stem="高血压患者如何治疗？", gold="首先改善生活方式，必要时用药，首选血管紧张素转换酶抑制剂（如卡托"
        ),
        Question(id="3", stem="How is it treated?", gold="Begin with a change of diet, then add an inhibitor of the"),
        Question(
            id="4", stem="如何治疗？", gold="改善生活方式，限制钠盐摄入，规律运动。" * 6 + "如果血压仍然高于目标……"
        ),
    ),
    passes=(
        Question(id="5", stem="高血压患者如何治疗？", gold="首先改善生活方式，限制钠盐摄入，规律运动，戒烟限酒"),
        Question(id="6", stem="首选药物？", gold="卡托普利，"),
        Question(
            id="7", stem="高血压患者如何治疗？", gold="首先改善生活方式，必要时用药（口服，每日一次，症状重时加量。"
        ),
        Question(
            id="8",
            stem="How is it treated?",
            gold="Begin with a change of diet, then add an inhibitor of ACE (captopril)",
        ),
    ),
)
