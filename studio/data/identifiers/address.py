"""Addresses down to a number: in Chinese by their road, village or estate; in English as `_english_address` finds them."""

from __future__ import annotations

import re
from collections.abc import Iterator

from studio.core.text import Text
from studio.data.identifiers._english_address import english_addresses
from studio.data.identifiers.base import Identifier

# The number is rarer than anything else of an address, so it is looked for first, and what leads to it afterwards.
_NUMERAL = "[一二三四五六七八九十百]{1,4}"
_SIDE = r"(?:[东南西北中]段?)?\s?"
_OF_A_BUILDING = r"(?:号楼|#楼?|栋|幢|座|单元)"
_NUMBER = re.compile(
    # one set of first signs, so that the others are passed over quickly
    rf"[路街道巷弄村里区苑园院寨庄厦城湾坊屯同桥都邸府庭轩阁墅郡岸居馆寓场社乡镇办](?:(?<=[路街道巷弄村里区苑园院寨庄厦城湾坊屯同桥]){_SIDE}(?:附?[0-9]{{1,5}}(?:-[0-9]{{1,4}})?\s?(?:号|弄|栋|幢|座|组|队|社|室|单元|#)|[A-Za-z]\s?[栋幢座]|"
    rf"[0-9]{{1,3}}-[0-9]{{1,3}}-[0-9]{{2,4}}(?![0-9-]))(?![文方线台机床位染公切导引缝球套针])|"
    rf"(?<=[村屯庄寨里弄巷]){_NUMERAL}(?:号(?!楼|厅|文|公)|组|队|社)|"
    rf"(?<=[都邸府庭轩阁墅郡岸居馆寓场社])[0-9]{{1,3}}\s?{_OF_A_BUILDING}|"
    r"(?<=[乡镇])(?<!镇(?=[痛静定咳吐]))[\u4e00-\u9fff]{1,6}?[村屯庄寨]|(?:(?<=街道)|(?<=办)事处)[\u4e00-\u9fff]{1,5}?[村屯庄寨])"
)
_MORE = re.compile(
    rf"(?:(?:院|楼|内|大院)?[\u4e00-\u9fff]{{0,8}}?\s?(?:附?[0-9A-Z]{{1,4}}|{_NUMERAL})\s?(?:号楼|号院|#楼?|栋|幢|座|单元|层|楼|室|房|号|户|组|队|社)|"
    r"[-－][0-9]{1,4}(?:[-－][0-9]{1,4}){0,2}(?:室)?|[\u4e00-\u9fff]{2,8}[0-9]{1,3}-[0-9]{1,3}-[0-9]{2,4}(?![0-9-])|(?<=[弄栋幢座楼元#号])[0-9]{2,4}(?:室|房|号)?)"
)
_RUN = re.compile(r"[\u4e00-\u9fff0-9A-Za-z·]{0,40}\Z")
# 市区 and 病区 are no names of places
_UNIT = re.compile(
    r"(?:(?<=[\u4e00-\u9fff]{2})(?:省|市|自治区|区(?<![市城郊病疫灾社小校院园景辖战禁腹胸背腔叶染该本全各]区)|州|盟|旗|镇|乡|街道)|(?<=[\u4e00-\u9fff])县(?<![该本全各外]县))(?=[\u4e00-\u9fff0-9])"
)
_LABEL = re.compile(
    r"(?:家庭住址|家庭地址|联系地址|通讯地址|收件地址|收货地址|常住地址|户籍地址|户口地址|户籍所在地|户口所在地|现住址|住址|地址|居住地|户籍地|籍贯|家住|现住|现居住?|常住|"
    r"居住在|居住于|住在|我家在|家在|搬到|搬至|位于|寄到|寄至|寄往|送到|来自|住)(?:是|为|在|于)?"
)
_PROVINCE = re.compile(
    "(?:北京|天津|上海|重庆|河北|山西|辽宁|吉林|黑龙江|江苏|浙江|安徽|福建|江西|山东|河南|湖北|湖南|广东|海南|四川|贵州|云南|陕西|甘肃|青海|台湾|内蒙古|广西|西藏|宁夏|新疆|香港|澳门)(?![东西南北中一二三四]{0,2}(?:路|街|道|大道|大街|巷|里|胡同))"
)
_HOUSE = re.compile(r"[0-9][A-Z]?\x20(?:[A-Z]|[0-9]+[snrt])")
_LONGEST = 16  # characters in front of the first unit where nothing says where the address begins


def _find(text: str) -> Iterator[tuple[int, int]]:
    if not text.isascii():
        for match in _NUMBER.finditer(text):
            begin = _begin(text, match.start())
            if begin is not None:
                end = match.end()
                while more := _MORE.match(text, end):
                    end = more.end()
                yield begin, end
    if _HOUSE.search(text) or "Box " in text:
        yield from english_addresses(text)


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
    province = _PROVINCE.search(text[start : road + 1])  # 辽宁路 is a road
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
        ("现居成都市武侯区锦华府3栋2单元1204", "成都市武侯区锦华府3栋2单元1204"),
        ("系甘肃省会宁县丁家沟镇荔峡村三组村民", "甘肃省会宁县丁家沟镇荔峡村三组"),
        ("我家在青岛市市北区辽宁路7号附2号", "青岛市市北区辽宁路7号附2号"),
        ("lives at 742 Evergreen Terrace, Springfield", "742 Evergreen Terrace, Springfield"),
        ("to 18 Lee Views Apt. 331\nEast Kim, WY 82001.", "18 Lee Views Apt. 331\nEast Kim, WY 82001"),
        ("write to PO Box 77, Reno, NV 89501", "PO Box 77, Reno, NV 89501"),
        ("from 10B High Street, Leeds LS1 4AB", "10B High Street, Leeds LS1 4AB"),
    ),
    passes=(
        "上海市第六人民医院骨科3号楼",
        "消化道2号切口",
        "通路3号蛋白",
        "市区主干道3号公交车",
        "全院病区2号床",
        "5 Days In Hospital",
        "30 Court Patients and 25 Patients Placebo",
        "1 Lee Hospital, Boston, MA 02115",
        "in 2019 Boston, MA",
        "胸腔区5号引流管",
    ),
    columns=("address", "home_address", "住址", "家庭住址", "联系地址", "户籍地址"),
    order=70,
)
