"""Addresses of web pages."""

from __future__ import annotations

import re

from studio.core.text import Text
from studio.data.checks._pieces import rewritten
from studio.data.checks.base import Check, Finding, holds
from studio.data.records.base import Row
from studio.data.records.question import Question

_KIND = Text("a link stands in it", "含有链接")
_ADDRESS = (
    r"(?:(?:https?|ftp)\s?[:：]\s?//\s?|www\.)[A-Za-z0-9\-_~/?#@!$&'*+=%]+(?:[.:,;][A-Za-z0-9\-_~/?#@!$&'*+=%]+)*/?"
)
_LINK = re.compile(_ADDRESS)
_NAMED = re.compile(rf"!?\[([^\[\]]*)\]\(\s*{_ADDRESS}\s*\)")
# what would be left of "(see http://…)", "<http://…>" and "网址：http://…"
_AROUND = re.compile(
    rf"\s*[(（\[【<“\"]\s*(?:(?:见|参见|详见|来源|网址|链接|see|ref|source|url|link|at)\s*[:：]?\s*)?{_ADDRESS}[.。]?\s*[)）\]】>”\"]"
    rf"|(?<=[.。!！?？])\s*(?:see|详见|参见)?\s*{_ADDRESS}[.。]?"
    rf"|\s*(?:(?:网址|链接|来源|参考|详见|官网)(?:是|为|如下)?\s*[:：]?|\b(?:see|source|url|link|(?:available )?at)\s*:?)?\s*{_ADDRESS}",
    re.IGNORECASE,
)
_CODE = re.compile(r"`|<html|href=|src=|#include|import |curl |pip install", re.IGNORECASE)
_SIGNS = ("//", "www.")


def _without(text: str) -> str:
    if not holds(text, _SIGNS) or _CODE.search(text) or not _LINK.search(text):
        return text
    return _AROUND.sub("", _NAMED.sub(r"\1", text)).strip()


def _find(row: Row) -> Finding | None:
    return rewritten(_KIND, row, _without)


CHECK = Check(
    Text("Links", "链接"),
    Text(
        "A model that learns addresses writes addresses that do not exist. The fix takes them out; a link's own words stay.",
        "模型学了网址，就会写出并不存在的网址。修正会去掉网址，保留链接文字。",
    ),
    _find,
    finds=(
        Question(id="1", stem="乙肝如何治疗？", gold="抗病毒治疗（详见 http://www.example.com/html/11/578.htm）。"),
        Question(
            id="2", stem="How is it treated?", gold="With [heparin](https://example.org/a?b=c). See www.example.org/x."
        ),
    ),
    passes=(
        Question(id="3", stem="血压 120/80 mmHg，见图1//图2", gold="正常。"),
        Question(id="4", stem="How is it drawn?", gold="`curl https://example.org`"),
    ),
    fixes=True,
    order=30,
    signs=_SIGNS,
)
