"""What looks like a personal identifier and was let pass, each with why: so that somebody can judge what is not caught."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from typing import NamedTuple

from studio.core.text import Text
from studio.data.identifiers.card import luhn
from studio.data.identifiers.phone import is_free
from studio.data.masking import Span, folded

_NUMBER = re.compile(r"[A-Za-z./_-]{0,24}[0-9](?:[ -]?[0-9]){6,}")
_LABELLED = re.compile(
    r"[\u4e00-\u9fff]{1,4}(?:号码|编号|号)(?:\s{0,2}[:：]\s{0,2}|为|是)[A-Za-z]{0,4}-?[0-9][0-9A-Za-z-]{2,20}"
)
_ANONYMOUS = re.compile(r"[\u4e00-\u9fff](?:某某?|[xX×○〇]{2})(?=[，,。；;（( 、男女]|$)")
_AROUND = 20  # characters

_DRUG = Text("a drug's approval number", "药品批准文号")
_REFERENCE = Text(
    "a reference: DOI, PMID, ISBN, trial or gene number", "文献或登记号（DOI、PMID、ISBN、试验注册号、基因编号）"
)
_AMOUNT = Text("an amount with its unit", "带单位的数量")
_BUSINESS = Text("a business's free number", "企业服务电话")
_UNCHECKED = Text("its check digit or date is none of a resident ID", "校验码或日期不符合身份证号规则")
_UNCHECKED_CARD = Text("its check digit is none of a bank card", "校验码不符合银行卡号规则")
_DATE = Text("a date without a label, or a range", "没有标签的日期，或数值范围")
_RANGE = re.compile(
    r"\D*(?:[0-9]{1,5}[ -][0-9]{1,5}|(?:19|20)[0-9]{2}[ -][0-9]{1,2}[ -][0-9]{1,2}|(?:19|20)[0-9]{2}[01][0-9][0-3][0-9])"
)
_ROUND = Text("a round number", "整数")
_BARE = Text("digits of no known form, without a label", "不符合任何已知格式，前面也没有标签")
_NO_VALUE = Text("a label of no known kind", "标签不属于已知类型")
_HIDDEN = Text("made anonymous already", "已匿名处理")


class LookAlike(NamedTuple):
    """A piece of a text that was let pass: where it stands, and why."""

    start: int
    end: int
    why: Text


def look_alikes(text: str, spans: Sequence[Span]) -> Iterator[LookAlike]:
    """Yield what looks like an identifier in a text and is none by the rules, which found `spans` there."""
    plain = folded(text)
    taken: list[tuple[int, int]] = [(span.start, span.end) for span in spans]
    for pattern in (_NUMBER, _LABELLED, _ANONYMOUS):
        for match in pattern.finditer(plain):
            start, end = match.span()
            if any(start < last and first < end for first, last in taken):
                continue
            taken.append((start, end))
            if pattern is _NUMBER:
                yield LookAlike(start, end, _why(plain, start, end))
            else:
                yield LookAlike(start, end, _NO_VALUE if pattern is _LABELLED else _HIDDEN)


def around(text: str, piece: LookAlike) -> str:
    """Return a piece with what stands around it, on one line."""
    start, end = max(0, piece.start - _AROUND), piece.end + _AROUND
    marked = f"{text[start : piece.start]}«{text[piece.start : piece.end]}»{text[piece.end : end]}"
    return " ".join(f"{'…' if start else ''}{marked}{'…' if end < len(text) else ''}".split())


def _why(text: str, start: int, end: int) -> Text:
    before, piece, after = text[max(0, start - 8) : start], text[start:end], text[end : end + 8]
    lead = f"{before}{piece}".lower()
    digits = re.sub(r"\D", "", piece)
    if "国药" in before or "准字" in before or "械" in before:
        return _DRUG
    if re.search(r"doi|10\.\d{4}/|pmid|isbn|issn|nct|chictr|rs\d", lead):
        return _REFERENCE
    if re.match(r"\s?(?:mg|g\b|ug|μg|ml|iu|u\b|u/|元|拷贝|copies|个|例|人|岁|mm|cm|×|x\s?10|/)", after.lower()):
        return _AMOUNT
    if _RANGE.fullmatch(piece):
        return _DATE
    if is_free(piece):
        return _BUSINESS
    if len(digits) == 18:
        return _UNCHECKED
    if len(digits) in (16, 19) and not luhn(digits):
        return _UNCHECKED_CARD
    return _ROUND if digits.endswith("00000") else _BARE
