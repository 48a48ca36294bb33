"""Tags and entities of web pages."""

from __future__ import annotations

import re
from html import unescape

from studio.core.text import Text
from studio.data.checks._pieces import rewritten
from studio.data.checks.base import Check, Finding, holds
from studio.data.records.base import Row
from studio.data.records.question import Question

_KIND = Text("tags or entities of a web page stand in it", "含有网页标签或实体")
_NAMES = (
    "a|abbr|article|b|big|blockquote|body|br|center|code|div|dd|dl|dt|em|figure|font|footer|form|h[1-6]|header|hr|i|iframe|"
    "img|input|label|li|link|main|nav|o:p|ol|p|pre|section|small|span|strike|strong|sub|sup|table|tbody|td|tfoot|th|thead|tr|u|ul|"
    "script|style"
)
# Only what has a tag's whole form is one: "a<b and c>d" and "p<0.05" are comparisons.
_PLAIN = r"(?:\s+[\w:-]+\s*=\s*(?:\"[^\"]*\"|'[^']*'|[^\s<>\"']+))*"
_TAG = re.compile(rf"<(?P<end>/)?(?P<name>{_NAMES})(?:{_PLAIN}\s*/?)>", re.IGNORECASE)
_ENTITY = re.compile(
    r"&(?:#\d{2,5}|#x[0-9a-f]{2,5}|nbsp|lt|gt|le|ge|amp|quot|apos|[lr][sd]quo|hellip|middot|bull|deg|plusmn|times|divide|"
    r"mdash|ndash|ensp|emsp|thinsp|frac\d{2}|sup[123]|micro|alpha|beta|gamma|delta|mu|omega|[lru]arr|darr|copy|reg|trade|permil|"
    r"ldquo|rdquo|sect|para|radic|infin|asymp|ne|cap|cup);",
    re.IGNORECASE,
)
_GONE = re.compile(r"<(script|style)\b[^>]*>.*?</\1\s*>|<!--.*?-->", re.IGNORECASE | re.DOTALL)
_RAISED = re.compile(r"<(sup|sub)>\s*([0-9+\-−]{1,4})\s*</\1>", re.IGNORECASE)
_HIGH = str.maketrans("0123456789+-−", "⁰¹²³⁴⁵⁶⁷⁸⁹⁺⁻⁻")
_LOW = str.maketrans("0123456789+-−", "₀₁₂₃₄₅₆₇₈₉₊₋₋")
_LINES = frozenset(
    [
        "br",
        "p",
        "div",
        "li",
        "tr",
        "h1",
        "h2",
        "h3",
        "h4",
        "h5",
        "h6",
        "ul",
        "ol",
        "table",
        "section",
        "article",
        "blockquote",
        "hr",
    ]
)
_CELLS = frozenset(("td", "th"))
_CODE = re.compile(r"`|<!doctype|<html|</?head>|#include|</?template|\bhtml\b", re.IGNORECASE)
_SIGNS = ("<", "&")
_MANY = re.compile(r"[ \t]*\n[ \t]*(?:\n\s*)?")


def _without(text: str) -> str:
    """Return a text without tags and entities; what is about HTML is left alone."""
    if not holds(text, _SIGNS) or _CODE.search(text):
        return text
    while True:
        new = _RAISED.sub(_raised, _GONE.sub("", text)) if _TAG.search(text) or "<" in text else text
        lines = new.count("\n")
        new = _TAG.sub(_instead, new)
        if new.count("\n") > lines:
            new = _MANY.sub("\n", new).strip()
        new = _ENTITY.sub(lambda found: unescape(found.group()).replace("\u00a0", " "), new)
        if new == text:
            return text
        text = new


def _raised(found: re.Match[str]) -> str:
    return found.group(2).translate(_HIGH if found.group(1).lower() == "sup" else _LOW)


def _instead(found: re.Match[str]) -> str:
    name = found.group("name").lower()
    if name in _LINES:
        return "\n"
    return " " if name in _CELLS and found.group("end") else ""


def _find(row: Row) -> Finding | None:
    return rewritten(_KIND, row, _without)


CHECK = Check(
    Text("HTML", "网页标签"),
    Text(
        "Tags and entities of the page that a text was copied from: the model learns to write them. The fix takes them out, with "
        "line breaks and powers of ten kept.",
        "复制网页时带来的标签和实体：模型会学着写出来。修正会去掉它们，换行和上下标数字保留。",
    ),
    _find,
    finds=(
        Question(id="1", stem="<p>高血压首选什么药物？</p>", gold="卡托普利<br/>氨氯地平"),
        Question(id="2", stem="白细胞正常值？", gold="（4～10）×10<sup>9</sup>/L&nbsp;，偏低为&lt;4"),
        Question(
            id="3",
            stem="What is it?",
            gold='<span style="color:red">Sepsis</span> &amp;lt;b&amp;gt; &ldquo;shock&rdquo;',
        ),
        Question(id="4", stem="首选药物", gold="<script>alert(1)</script>卡托普利"),
    ),
    passes=(
        Question(id="5", stem="贫血：Hb<90 g/L，且 p<0.05，MCV>100", gold="a<b and c>d"),
        Question(id="6", stem="lesions (<or=3cm vs>3cm) A&E; R&D", gold="P<.05 and p > .01; i<5 and b>3"),
        Question(id="7", stem="HTML 的 <p> 标签有什么作用？", gold="`<p>` 表示一个段落。"),
    ),
    action="fix",
    fixes=True,
    order=20,
    signs=_SIGNS,
)
