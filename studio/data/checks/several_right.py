"""Questions with several right letters."""

from __future__ import annotations

from studio.core.text import Text
from studio.data.checks._pieces import piece
from studio.data.checks.base import Check, Finding
from studio.data.records.base import Row
from studio.data.records.question import Question


def _find(row: Row) -> Finding | None:
    if isinstance(row, Question) and row.is_choice and len(row.gold) > 1:
        return Finding(Text("several letters are right", "有多个正确选项"), f"{row.gold} · {piece(row.stem)}")
    return None


_OPTIONS = {"A": "阿司匹林", "B": "肝素", "C": "华法林"}

CHECK = Check(
    Text("Several right letters", "多选题"),
    Text(
        "A multiple-answer question is right only if all letters are named: an accuracy over both sorts can be compared with none "
        "that others report.",
        "多选题要全部选对才算对：与单选题混在一起算出的准确率，无法与别处公布的结果相比。",
    ),
    _find,
    finds=(Question(id="1", stem="抗凝药物有", options=_OPTIONS, gold="BC"),),
    passes=(
        Question(id="2", stem="首选的抗凝药物是", options=_OPTIONS, gold="B"),
        Question(id="3", stem="首选的抗凝药物是", gold="肝素"),
    ),
)
