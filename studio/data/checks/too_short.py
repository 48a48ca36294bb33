"""Questions too short to be understood, and explanations too short to explain."""

from __future__ import annotations

import re

from studio.core.text import Text
from studio.data.checks._pieces import exchanges
from studio.data.checks.base import Check, Finding
from studio.data.records.base import Row
from studio.data.records.question import Question

_LEAST_ASKED = 4  # letters: 头痛 names something, and asks nothing
_LEAST_EXPLAINED = 3  # letters: 吃药 is no explanation; 脾切除 is a treatment
_NEAR = 16  # characters: a longer text has as many letters, or is found by another check
_EXPLAIN = re.compile(
    r"怎么|如何(?![。，,.])|怎样|为什么|为何|机制|\b(?:how (?:to|do|does|can|should|is)|why|explain|describe)\b",
    re.IGNORECASE,
)
_COUNTED = re.compile(r"多少|几|\d")
_LETTER = re.compile(r"[^\W_]")


def _letters(text: str) -> int:
    return len(_LETTER.findall(text))


def _find(row: Row) -> Finding | None:
    if isinstance(row, Question) and len(row.stem) <= _NEAR and 0 < _letters(row.stem) < _LEAST_ASKED:
        return Finding(Text("the question is too short", "题目过短"), row.stem)
    for asked, said in exchanges(row):
        if len(said) <= _NEAR and 0 < _letters(said) < _LEAST_EXPLAINED:
            last = asked.rstrip()[-60:]
            if _EXPLAIN.search(last) and not _COUNTED.search(last):
                return Finding(
                    Text("the answer is too short for what is asked", "答案过短，没有回答所问"), f"{last} → {said}"
                )
    return None


CHECK = Check(
    Text("Too short", "过短"),
    Text(
        f"A question of fewer than {_LEAST_ASKED} letters asks nothing; an answer of fewer than {_LEAST_EXPLAINED} to “how” or "
        "“why” explains nothing, and the model learns to be curt.",
        f"不足 {_LEAST_ASKED} 个字的题目看不出在问什么；对“怎么”“为什么”只答不足 {_LEAST_EXPLAINED} 个字，等于没有解释，模型会学得敷衍。",
    ),
    _find,
    finds=(
        Question(id="1", stem="头痛", gold="建议到神经内科就诊，完善头颅检查。"),
        Question(id="2", stem="高血压患者应该如何治疗？", gold="吃药。"),
        Question(id="3", stem="Why does heparin cause thrombocytopenia?", gold="It."),
    ),
    passes=(
        Question(id="4", stem="尺神经损伤的发病部位是什么？", gold="手"),
        Question(id="5", stem="脾肿大如何治疗？", gold="脾切除。"),
        Question(id="6", stem="治愈率是多少，如何计算？", gold="89%"),
    ),
)
