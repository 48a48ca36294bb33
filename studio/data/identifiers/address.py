"""Addresses down to a number: in Chinese by their road or village, in English by a house number and a kind of road."""

from __future__ import annotations

import re
from collections.abc import Iterator

from studio.core.text import Text
from studio.data.identifiers.base import Identifier

# The number is rarer than anything else of an address, so it is looked for first, and what leads to it afterwards.
_NUMBER = re.compile(
    # The sign that a number stands behind comes first by itself: it can be looked for without trying both forms everywhere.
    r"[路街道巷弄村里区苑园院寨庄厦城湾坊屯同桥乡镇](?:(?<![乡镇])(?:[东南西北中]段?)?\s?(?:[0-9]{1,5}(?:-[0-9]{1,4})?\s?(?:号|弄|栋|幢|座|组|队|社|室|单元)|[A-Za-z]\s?[栋幢座])(?![文方线台机床位染])|"
    r"(?:(?<=乡)|(?<=镇)(?![痛静定咳吐]))[\u4e00-\u9fff]{1,6}?[村屯庄寨])"
)
_MORE = re.compile(
    r"(?:(?:院|楼|内|大院)?[\u4e00-\u9fff]{0,8}?\s?(?:[0-9A-Z一二三四五六七八九十]{1,4})\s?(?:号楼|号院|栋|幢|座|单元|层|楼|室|房|号|户|组)|[-－][0-9]{1,4}(?:[-－][0-9]{1,4}){0,2}(?:室)?|(?<=[弄栋幢座楼元])[0-9]{2,4}(?:室|房|号)?)"
)
_RUN = re.compile(r"[\u4e00-\u9fff0-9A-Za-z·]{0,40}\Z")
_UNIT = re.compile(r"(?:省|市|自治区|区|县|州|盟|旗|镇|乡|街道)(?=[\u4e00-\u9fff0-9])")
_LABEL = re.compile(
    r"(?:家庭住址|联系地址|通讯地址|收件地址|户籍地址|户口地址|现住址|住址|地址|居住地|户籍地|籍贯|家住|现住|居住在|居住于|住在|位于|寄到|寄往|来自|住)(?:是|为|在|于)?"
)
_PROVINCE = re.compile(
    "北京|天津|上海|重庆|河北|山西|辽宁|吉林|黑龙江|江苏|浙江|安徽|福建|江西|山东|河南|湖北|湖南|广东|海南|四川|贵州|云南|陕西|甘肃|青海|台湾|内蒙古|广西|西藏|宁夏|新疆|香港|澳门"
)
_LONGEST = 16  # characters in front of the first unit where nothing says where the address begins
_ENGLISH = re.compile(
    r"[0-9](?<![0-9A-Za-z.,/-][0-9])[0-9]{0,4}(?:\x20[NSEW]\.?)?(?:\x20(?:[A-Z][a-z]{1,15}|[0-9]{1,3}(?:st|nd|rd|th))){1,3}"
    r"\x20(?:Street|Str?\b|Avenue|Ave\b|Road|Rd\b|Boulevard|Blvd\b|Drive|Lane|Ln\b|Court|Parkway|Way|Place|Circle|Square|Highway|Trail|Terrace|Crescent)\.?"
    r"(?:,?\x20(?:Apt|Apartment|Suite|Unit|Flat|#)\.?\x20?[0-9A-Z]{1,5})?(?:,\x20[A-Z][a-z]+(?:\x20[A-Z][a-z]+)?(?:,?\x20[A-Z]{2}(?:\x20[0-9]{5})?)?)?"
)


def _find(text: str) -> Iterator[tuple[int, int]]:
    for match in _NUMBER.finditer(text):
        begin = _begin(text, match.start())
        if begin is not None:
            end = match.end()
            while more := _MORE.match(text, end):
                end = more.end()
            yield begin, end
    if "t" in text or "d" in text or "e" in text:
        for match in _ENGLISH.finditer(text):
            yield match.span()


def _begin(text: str, road: int) -> int | None:
    """Return where the address of a road begins; None where nothing in front of it is part of one."""
    found = _RUN.search(text, max(0, road - 40), road)
    start = found.start() if found else road
    run = text[start:road]
    label = next(reversed(list(_LABEL.finditer(run))), None)
    unit = _UNIT.search(text, start, road + 1)
    # `地址：` ends the run, so it is looked for in front of it as well
    labelled = label is not None or _LABEL.search(text[max(0, start - 6) : start].rstrip("：: ")) is not None
    if unit is None and not labelled:
        return None
    province = _PROVINCE.search(run)
    if province is not None and (label is None or province.start() >= label.end() or unit is None):
        return start + province.start()
    if label is not None:
        return start + label.end()
    if labelled or unit is None:
        return start
    return max(start, unit.start() - _LONGEST)


IDENTIFIER = Identifier(
    Text("address", "住址"),
    Text("address", "住址"),
    _find,
    finds=(
        ("家住北京市海淀区中关村大街27号，", "北京市海淀区中关村大街27号"),
        ("地址：浙江省杭州市西湖区文三路398号2幢1单元501室。", "浙江省杭州市西湖区文三路398号2幢1单元501室"),
        ("系河南省许昌市灵井镇大墙王村3组村民", "河南省许昌市灵井镇大墙王村3组"),
        ("住址：幸福小区5号楼302室", "幸福小区5号楼302室"),
        ("lives at 742 Evergreen Terrace, Springfield", "742 Evergreen Terrace, Springfield"),
    ),
    passes=(
        "上海市第六人民医院骨科3号楼",
        "消化道2号切口",
        "通路3号蛋白",
        "5 Days In Hospital",
        "胸腔区5号引流管",
    ),
    order=70,
)
