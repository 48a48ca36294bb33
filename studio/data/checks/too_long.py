"""Texts so long that a training step would cut them."""

from __future__ import annotations

from studio.core.scripts import han_share
from studio.core.text import Text
from studio.data.checks._pieces import piece
from studio.data.checks.base import Check, Finding
from studio.data.records.base import Row
from studio.data.records.question import Question

# A Chinese character is some 0.7 tokens, four Latin letters are one: both are about 3,000 tokens, more than the usual
# training length of 2,048, so that the end would never be seen.
_CHINESE = 4_000
_OTHER = 12_000
_HAN = 0.3  # of the letters


def _find(row: Row) -> Finding | None:
    for text in (*row.asked[:1], *row.answers()):
        if len(text) > _CHINESE and (len(text) > _OTHER or han_share(text) > _HAN):
            shown = f"{piece(text)} ({len(text):,})"
            return Finding(Text("a text is too long", "文本过长"), shown)
    return None


CHECK = Check(
    Text("Too long", "过长"),
    Text(
        f"More than {_CHINESE:,} Chinese or {_OTHER:,} other characters in one text: training cuts its end off, and such texts are "
        "mostly pages that were copied whole.",
        f"单个文本超过 {_CHINESE:,} 个汉字（或 {_OTHER:,} 个其他字符）：训练时末尾会被截断，而且多半是整页复制来的内容。",
    ),
    _find,
    finds=(
        Question(id="1", stem="高血压患者如何治疗？", gold="首先改善生活方式，限制钠盐摄入。" * 400),
        Question(id="2", stem="How is hypertension treated?", gold="First change the way of life. " * 500),
    ),
    passes=(
        Question(id="3", stem="How is hypertension treated?", gold="First change the way of life. " * 200),
        Question(id="4", stem="高血压患者如何治疗？", gold="首先改善生活方式，限制钠盐摄入。" * 20),
    ),
)
