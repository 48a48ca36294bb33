"""Texts that were read in a wrong encoding."""

from __future__ import annotations

import re

from ftfy import fix_encoding
from ftfy.badness import is_bad

from studio.core.text import Text
from studio.data.checks._pieces import piece, rewritten
from studio.data.checks.base import Check, Finding
from studio.data.records.base import Row
from studio.data.records.question import Question

_KIND = Text("the encoding was misread", "编码读错，出现乱码")
_LOST = Text("characters were lost", "有字符丢失")
# UTF-8 read as GB18030: full-width signs begin with the first two of these, the commonest character with the third. They
# are rare, and a text that somebody wrote is no UTF-8 as GB18030: only what was misread can be read again.
_AS_GB = re.compile("[锛銆鐨]")
_SURELY_GB = 2  # of them in what cannot be read again
# The first characters of what UTF-8 becomes in Windows-1252, -1251, Mac Roman and code page 437; then what was lost.
_SIGNS = (*"ÂÃâãäåæçèéêëìíïðРС√├┬Γ锛銆鐨\ufffd", "锟斤拷", "烫烫烫", "屯屯屯", "????")
_REPLACED = re.compile("\ufffd|锟斤拷|烫烫烫|屯屯屯")
_LOST_SHARE = 3  # a third of a text that is question marks was none; "?????" behind a sentence is only urgent


def _is_lost(text: str) -> bool:
    marks = text.count("?")
    return marks >= 4 and marks * _LOST_SHARE >= len(text)


def _again(text: str) -> str:
    """Return a text read in the encoding that it is in, where one gives good text."""
    if _AS_GB.search(text):
        try:
            return text.encode("gb18030").decode("utf-8")
        except UnicodeError:
            return text
    if is_bad(text):
        new = fix_encoding(text)
        return text if is_bad(new) or "\ufffd" in new else new
    return text


def _find(row: Row) -> Finding | None:
    found = rewritten(_KIND, row, _again)
    if found is not None:
        return found
    for text in row.texts():
        replaced = _REPLACED.search(text)
        if replaced or _is_lost(text):
            return Finding(_LOST, piece(text, replaced.start() if replaced else 0))
        if len(_AS_GB.findall(text)) >= _SURELY_GB or is_bad(text):
            return Finding(_KIND, piece(text))
    return None


CHECK = Check(
    Text("Mojibake", "乱码"),
    Text(
        "The text was read in a wrong encoding at some time: the model learns sequences that mean nothing. The fix reads it again "
        "where that gives good text.",
        "文本曾经用错误的编码读取：模型学到的是没有意义的字符。能还原成正常文字的，修正会将其还原。",
    ),
    _find,
    finds=(
        Question(id="1", stem="é«˜è¡€åŽ‹é¦–é€‰ä»€ä¹ˆè\u008d¯ç‰©ï¼Ÿ", gold="卡托普利等血管紧张素转换酶抑制剂"),
        Question(id="2", stem="高血压首选什么药物".encode().decode("cp1252", "replace"), gold="卡托普利"),
        Question(id="3", stem="What does the patient’s history say?".encode().decode("cp1252"), gold="nothing at all"),
        Question(id="4", stem="发热，咳嗽的治疗".encode().decode("gb18030"), gold="多休息，多喝水"),
        Question(id="5", stem="????????", gold="多休息，多喝水"),
        Question(id="6", stem="实现梦想所需的工\ufffd\ufffd和知识", gold="勤奋"),
    ),
    passes=(
        Question(id="7", stem="这样的结果就是肝癌?????急切想知道", gold="您好，肝癌是慢慢演变的过程"),
        Question(id="8", stem="Sjögren’s syndrome – naïve T cells, β-blocker, 10 µg/L, Ménière", gold="Guillain-Barré"),
        Question(id="9", stem="体温≥38.5℃，Ca²⁺ 2.1 mmol/L，√ 正确，× 错误", gold="α₁受体"),
    ),
    action="fix",
    fixes=True,
    order=10,
    signs=_SIGNS,
)
