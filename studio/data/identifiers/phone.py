"""Telephone numbers: mobile ones and land lines of China, foreign ones with their country, and those of North America."""

from __future__ import annotations

import random
import re
from collections.abc import Iterator

from studio.core.text import Text
from studio.data.identifiers._labels import has_long_number
from studio.data.identifiers._others import with_last_digits
from studio.data.identifiers.base import Identifier

_BREAK = r"(?:\x20?[-.]\x20?|\x20)?"
_LABEL = r"(?:电话|手机|座机|联系方式|传真|致电|拨打|热线|[Tt]el|TEL|[Pp]hone|[Mm]obile|[Ff]ax|[Cc]all|[Cc]ell|[Pp]ager)(?:号码|号|\.|ephone)?(?:\x20?(?:number|no\.?))?[^0-9+(\n。；;]{0,6}"
_COUNTRY = r"(?:(?:\+|00)\x20?86|\(\+?86\)|(?<![0-9])86(?=[- ]?1))"
# 3-4-4, 3-3-5, 4-3-4 and a digit at a time.
_MOBILE_DIGITS = (
    rf"1[3-9][0-9](?:{_BREAK}[0-9]{{4}}{_BREAK}[0-9]{{4}}|{_BREAK}[0-9]{{3}}{_BREAK}[0-9]{{5}}|"
    rf"[0-9]{_BREAK}[0-9]{{3}}{_BREAK}[0-9]{{4}})|1[ -][3-9](?:[ -][0-9]){{9}}"
)
_AMOUNT = (
    r"(?!\x20?(?:mg|ug|μg|ml|IU|U/|copies|cells|cfu|CFU|拷贝|元|个(?:细胞|单位|菌)|单位|[×x*]\x20?10|[a-z]*/m?[Ll]\b))"
)
_EXTENSION = r"(?:\x20?(?:x|ext\.?)\x20?[0-9]{1,5})?"
_END = r"(?![0-9]|\.[0-9])"
_MOBILE = re.compile(
    rf"(?<![0-9])(?<![0-9][./])(?<![A-Za-z])(?:{_COUNTRY}{_BREAK})?(?:{_MOBILE_DIGITS}){_END}{_AMOUNT}"
)
_LAND = re.compile(
    rf"(?<![0-9A-Za-z])(?<![0-9][./-])(?:{_COUNTRY}{_BREAK})?(?:\(0(?:10|2[0-9]|[3-9][0-9]{{2}})\)\x20?|0(?:10|2[0-9]|[3-9][0-9]{{2}})\x20?-\x20?)"
    rf"[2-8][0-9]{{2,3}}\x20?-?\x20?[0-9]{{4}}(?:(?:-|转)[0-9]{{1,5}})?{_END}"
)
_ABROAD = re.compile(
    rf"(?<![0-9A-Za-z)])\+[1-9][0-9]{{0,2}}(?:{_BREAK}\(?[0-9]{{1,4}}\)?){{2,5}}(?:[0-9]{{0,4}}){_EXTENSION}{_END}{_AMOUNT}"
)
_AMERICA = re.compile(
    rf"(?<![0-9A-Za-z])(?<![0-9][.-])(?:(?:\+|00)?1[ .-])?(?:\([2-9][0-9]{{2}}\)\x20?|[2-9][0-9]{{2}}[-.])[2-9][0-9]{{2}}[-.][0-9]{{4}}{_EXTENSION}{_END}"
)
_REACHED = re.compile(
    rf"\b(?:[Rr]each(?:ed)?|[Cc]all(?:ed)?(?:[ -]?back)?|[Cc]ontact(?:ed)?|[Tt]ext|[Pp]hone[ds]?|[Nn]umber)\b[^0-9.;\n]{{0,40}}([2-9][0-9]{{2}}\x20[2-9][0-9]{{2}}\x20[0-9]{{4}}){_END}"
)
# Only a label tells these.
_LABELLED = re.compile(
    rf"{_LABEL}((?:\+?86{_BREAK})?(?:1{_MOBILE_DIGITS[1:]}|0[0-9]{{2,3}}\x20?-?\x20?[0-9]{{7,8}}|[2-8][0-9]{{2,3}}[ -]?[0-9]{{4}}|\(?[2-9][0-9]{{2}}\)?{_BREAK}[0-9]{{3}}{_BREAK}[0-9]{{4}})){_END}"
)
_SAID = "[零〇一二三四五六七八九幺壹贰叁肆伍陆柒捌玖0-9]"
_GAP = r"[\s,，-]{0,2}"
_MOBILE_SAID = re.compile(
    rf"(?<![零〇一二三四五六七八九十百千万幺0-9])[一幺壹1](?![0-9]{{10}}){_SAID}{{2}}{_GAP}(?:{_SAID}{{4}}{_GAP}{_SAID}{{4}}|{_SAID}{{3}}{_GAP}{_SAID}{{5}})(?![零〇一二三四五六七八九十百千万亿幺0-9年月日])"
)
_SAID_LABELLED = re.compile(
    rf"(?:电话|手机|座机|联系方式|致电|拨打)(?:号码|号)?[^零〇一二三四五六七八九幺0-9\n。；]{{0,4}}({_SAID}{{7,12}})(?!{_SAID}|[十百千万年月])"
)
_SPOKEN = re.compile(
    r"[零〇一二三四五六七八九幺壹贰叁肆伍陆柒捌玖]{3}[\s,，-]{0,2}[零〇一二三四五六七八九幺壹贰叁肆伍陆柒捌玖]{3}"
)
_FREE = re.compile(r"\D*(?:[48]00)\D?[0-9]{3}\D?[0-9]{4}\Z|\D*1?\D?(?:800|888|877|866)\D")
_FEWEST_ABROAD = 9
_DIGIT = re.compile("[0-9]")
_SAYS_NOTHING = 4  # the last digits: what stands in front of them are a network, an area and an exchange


def _find(text: str) -> Iterator[tuple[int, int]]:
    if not text.isascii() and _SPOKEN.search(text):
        for match in _MOBILE_SAID.finditer(text):
            yield match.span()
        for match in _SAID_LABELLED.finditer(text):
            yield match.span(1)
    if not has_long_number(text):
        return
    for pattern in (_MOBILE, _LAND):
        for match in pattern.finditer(text):
            yield match.span()
    if "+" in text:
        for match in _ABROAD.finditer(text):
            if len(_DIGIT.findall(match[0])) >= _FEWEST_ABROAD:
                yield match.span()
    for match in _AMERICA.finditer(text):
        if not is_free(match[0]):
            yield match.span()
    for match in _REACHED.finditer(text):
        if not is_free(match[1]):
            yield match.span(1)
    for match in _LABELLED.finditer(text):
        if not is_free(match[1]):
            yield match.span(1)


def is_free(number: str) -> bool:
    """Tell whether it is the free number of a business: 400-…, 800-…."""
    return _FREE.match(number) is not None


def _other(value: str, rng: random.Random) -> str | None:
    return with_last_digits(value, _SAYS_NOTHING, rng)


IDENTIFIER = Identifier(
    Text("telephone number", "电话号码"),
    Text("phone number", "电话号码"),
    _find,
    finds=(
        ("电话13800138000，头痛", "13800138000"),
        ("请拨+86 138-0013-8000找我", "+86 138-0013-8000"),
        ("手机号1 3 8 0 0 1 3 8 0 0 0", "1 3 8 0 0 1 3 8 0 0 0"),
        ("家里是0571-87654321转801", "0571-87654321转801"),
        ("座机(010) 6552 1234", "(010) 6552 1234"),
        ("联系电话：87654321", "87654321"),
        ("Call (415) 555-0132 today", "(415) 555-0132"),
        ("tel:13800138000", "13800138000"),
        ("打我电话一三八零零一三八零零零", "一三八零零一三八零零零"),
        ("幺三八 零零幺三 八零零零是我女儿的", "幺三八 零零幺三 八零零零"),
        ("座机：八七六五四三二一", "八七六五四三二一"),
        ("She can be reached through her son at 415 555 0132.", "415 555 0132"),
        ("his number is +44 20 7946 0958", "+44 20 7946 0958"),
    ),
    passes=(
        "青霉素13800138000 IU静滴",
        "病毒载量为15012345678copies/ml",
        "NCT01380013800",
        "国药准字H13800138",
        "doi:10.1016/13800138000",
        "客服热线400-820-8820",
        "2019-2020年，第135-142页",
        "ISBN 978-7-117-08765-4",
        "血压 138 80，心率 80 次",
        "Call 1-800-555-0199 for help",
        "一九九八年至二〇〇三年共一百二十三例",
        "一二三四五六七八九十个疗程",
    ),
    other=_other,
    columns=(
        "phone",
        "phone_number",
        "mobile",
        "telephone",
        "tel",
        "电话",
        "手机",
        "手机号",
        "电话号码",
        "联系电话",
        "联系方式",
    ),
    order=50,
)
