"""Made-up medical rows with made-up personal identifiers in them, and with numbers that only look like some."""

from __future__ import annotations

import random
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from studio.data.identifiers.card import luhn
from studio.data.identifiers.resident_id import checksum
from studio.data.masking import Span

_SURNAMES = "王李张刘陈杨赵吴周徐孙朱胡郭林罗梁宋郑谢韩唐冯董萧程曹袁邓许傅沈曾彭吕苏卢蒋蔡贾丁魏薛叶阎黄高方石金江史"
_GIVEN = "伟芳娜敏静丽强磊军洋勇艳杰娟涛超霞刚桂英建华志国玉兰秀梅晓红文鹏宇欣怡子轩雨浩博佳琪俊峰"
_FIRST = [
    "James",
    "Mary",
    "Robert",
    "Linda",
    "Michael",
    "Susan",
    "David",
    "Karen",
    "Thomas",
    "Nancy",
    "Daniel",
    "Laura",
    "Peter",
    "Emma",
]
_LAST = [
    "Smith",
    "Jones",
    "Taylor",
    "Brown",
    "Wilson",
    "Evans",
    "Walker",
    "Wright",
    "Thompson",
    "Robinson",
    "Hughes",
    "Edwards",
    "O'Brien",
]
_CITIES = [
    "北京市海淀区",
    "上海市浦东新区",
    "广东省广州市天河区",
    "浙江省杭州市西湖区",
    "四川省成都市武侯区",
    "湖北省武汉市洪山区",
    "陕西省西安市雁塔区",
    "河南省郑州市金水区",
    "江苏省南京市鼓楼区",
    "山东省济南市历下区",
    "黑龙江省哈尔滨市南岗区",
    "广西壮族自治区南宁市青秀区",
]
_ROADS = [
    "中山路",
    "人民路",
    "解放大街",
    "建设路",
    "文三路",
    "学院路",
    "长江路",
    "和平里",
    "幸福小区",
    "新华街",
    "光明巷",
    "朝阳大道",
]
_VILLAGES = [
    "河南省许昌市灵井镇大墙王村",
    "湖南省宁乡市花明楼镇炭子冲村",
    "安徽省阜南县王家坝镇李郢村",
    "甘肃省会宁县丁家沟乡荔峡村",
]
_STREETS = [
    "Oak Street",
    "Maple Avenue",
    "Elm Road",
    "King Street",
    "Park Lane",
    "Mill Drive",
    "Green Road",
    "River Road",
]
_TOWNS = ["Springfield, IL 62704", "Portland, OR 97201", "Leeds", "Boston, MA 02115"]
_MONTHS = [
    "January",
    "February",
    "March",
    "April",
    "May",
    "June",
    "July",
    "August",
    "September",
    "October",
    "November",
    "December",
]

_BEFORE = (
    "反复咳嗽三天，伴发热，最高体温38.6℃。",
    "既往高血压病史10年，口服氨氯地平5mg每日一次。",
    "头晕乏力，血红蛋白 72 g/L，白细胞 11.2×10^9/L。",
    "主诉上腹痛2周，胃镜示胃窦溃疡（A1期）。",
    "术后第3天，引流约120ml，血压128/76mmHg。",
)
_AFTER = (
    "请问需要住院吗？",
    "建议完善肝功能检查后复诊。",
    "空腹血糖7.8mmol/L，该如何用药？",
    "予阿莫西林0.5g口服，每日三次。",
    "谢谢医生。",
)
_ENGLISH_BEFORE = ("A 45-year-old man with fever for 3 days. ", "Blood pressure was 148/92 mm Hg. ", "WBC 11,200/mm3. ")
_ENGLISH_AFTER = (" What is the next step?", " Start amoxicillin 500 mg three times a day.", " Follow up in 2 weeks.")

NEGATIVES = (
    "批准文号：国药准字H20033998，规格0.25g×24片。",
    "参考文献 doi:10.1016/j.ijcard.2019.05.013，PMID: 31234567。",
    "病毒载量 15012345678 copies/ml，HBV-DNA 1.38×10^7 IU/ml。",
    "青霉素钠 4800000 U 静滴，人血白蛋白10g。",
    "ICD-10编码 I21.900，手术编码 36.0601。",
    "见《内科学》第9版第135-142页，2018年7月出版，ISBN 978-7-117-26545-8。",
    "临床试验注册号 NCT04280705、ChiCTR2000029308。",
    "血小板 138×10^9/L，肌酐 80.5 umol/L，138 80 76 120 均为血压脉搏记录。",
    "阿狄森病、帕金森病、何杰金淋巴瘤与马方综合征的鉴别。",
    "患者高热，白细胞升高；患者黄疸，巩膜黄染。",
    "上海市第六人民医院骨科，北京协和医院内科3号楼。",
    "国标 GB 11643-1999 规定了公民身份号码的编码。",
    "条码 6901234567892，批号 20200317001，有效期至 2023-03-16。",
    "客服热线 400-820-8820，医院总值班转8001。",
    "2020年3月7日发病，2020-03-09入院，2020/3/20出院。",
    "CAS 657-24-9，分子式C4H11N5，分子量129.16。",
    "出生体重3200g，出生后10天出现黄疸，出生率12.5‰。",
    "患者李某，王女士，张某某之女。",
    "Cushing disease, Parkinson disease and Addison disease differ; see Table 12-345.",
    "Enrolled 13800 patients (NCT01380013800) from 1990-2010; p = 0.00013800138.",
    "The patient was given 1,500,000 units of penicillin; ratio 138:001; 5 Days In Hospital.",
    "Patient Health Questionnaire score 14; Mr. was not recorded; born in 1990.",
    "人类基因组约 3200000000 个碱基对，rs1800562 位于 6p22.2。",
    "CT号机型 Revision，MRN（髓质肾病）一例；病历号缺失。",
)
"""Sentences in which nothing is an identifier, whatever it looks like."""


@dataclass(frozen=True)
class Planted:
    """A row: its text, and where identifiers stand in it, each with its kind; it may have a form behind a comma."""

    text: str
    spans: tuple[Span, ...] = ()


def placed(pieces: Sequence[tuple[str, str]]) -> Planted:
    """Return a row of pieces, `(kind, text)` each; those without a kind are no identifiers."""
    spans, start = [], 0
    for kind, text in pieces:
        if kind:
            spans.append(Span(kind, start, start + len(text)))
        start += len(text)
    return Planted("".join(text for _, text in pieces), tuple(spans))


def plant(rows: int, identifiers: int, seed: int) -> list[Planted]:
    """Return rows in a random order, so many of which hold an identifier: of each kind the same number, or nearly."""
    rng = random.Random(seed)
    kinds = list(KINDS)
    planted = [_planted(kinds[number % len(kinds)], rng) for number in range(identifiers)]
    others = [Planted(_unplanted(rng)) for _ in range(rows - identifiers)]
    return rng.sample([*planted, *others], rows)


def _planted(kind: str, rng: random.Random) -> Planted:
    label, value = KINDS[kind](rng)
    english = label.isascii() and value.isascii()
    text, written = f"{label}{value}", value
    if rng.random() < 0.2 and kind != "name":
        written = _wide(value)
        text = f"{label}{written}"
    before, after = (_ENGLISH_BEFORE, _ENGLISH_AFTER) if english else (_BEFORE, _AFTER)
    place = rng.randrange(4)
    if place == 0:
        text = f"{text}\n{rng.choice(after).strip()}"  # at the end of a line
    elif place == 1:
        text = f"{rng.choice(before)}{text}"  # at the end of all
    elif place == 2:
        text = f"{text}{'.' if english else '，'}{rng.choice(after)}"
    else:
        text = f"{rng.choice(before)}{text}{'.' if english else rng.choice('，。；')}{rng.choice(after)}"
    if rng.random() < 0.3:
        text = f"{rng.choice(NEGATIVES)}\n{text}"
    front, _, rest = text.partition(written)
    return placed([("", front), (kind, written), ("", rest)])


def _unplanted(rng: random.Random) -> str:
    if rng.random() < 0.5:
        return f"{rng.choice(_BEFORE)}{rng.choice(NEGATIVES)}{rng.choice(_AFTER)}"
    return f"{rng.choice(_BEFORE)}{rng.choice(_BEFORE)}{rng.choice(_AFTER)}"


def _wide(text: str) -> str:
    """Return a text with full-width digits and letters, as many Chinese input methods give them."""
    return "".join(chr(ord(sign) + 0xFEE0) if sign.isascii() and sign.isalnum() else sign for sign in text)


def _digits(rng: random.Random, count: int) -> str:
    return "".join(rng.choices("0123456789", k=count))


def _day(rng: random.Random) -> tuple[int, int, int]:
    return rng.randint(1930, 2015), rng.randint(1, 12), rng.randint(1, 28)


def _resident_id(rng: random.Random) -> tuple[str, str]:
    year, month, day = _day(rng)
    region = rng.choice(["110105", "310115", "440106", "330106", "510107", "420111", "610113", "320106"])
    label = rng.choice(
        ["身份证号", "身份证：", "证件号码为", "身份证", "号码", "", "我的是", "ID card ", "Resident ID: "]
    )
    if rng.random() < 0.1:
        return label, f"{region}{year % 100:02}{month:02}{day:02}{_digits(rng, 3)}" if year < 2000 else _eighteen(rng)
    first = f"{region}{year}{month:02}{day:02}{_digits(rng, 3)}"
    number = first + checksum(first)
    form = rng.randrange(5)
    if form == 0:
        return label, f"{number[:6]} {number[6:14]} {number[14:]}"
    if form == 1:
        return label, f"{number[:6]}-{number[6:14]}-{number[14:]}"
    if form == 2:
        return label, number.lower()
    return label, number


def _eighteen(rng: random.Random) -> str:
    first = f"11010120{rng.randint(0, 15):02}0{rng.randint(1, 9)}1{rng.randint(0, 9)}{_digits(rng, 3)}"
    return first + checksum(first)


def _phone(rng: random.Random) -> tuple[str, str]:
    mobile = f"1{rng.choice('3456789')}{_digits(rng, 9)}"
    label = rng.choice(["电话", "手机：", "联系我", "微信同号", "请拨打", "可致电家属", "", "Tel: ", "Phone number "])
    spaced = rng.choice(
        [
            mobile,
            mobile,
            f"{mobile[:3]} {mobile[3:7]} {mobile[7:]}",
            f"{mobile[:3]}-{mobile[3:7]}-{mobile[7:]}",
            f"{mobile[:3]}-{mobile[3:6]}-{mobile[6:]}",
            f"{mobile[:4]} {mobile[4:7]} {mobile[7:]}",
            f"+86 {mobile}",
            f"+86-{mobile[:3]}-{mobile[3:7]}-{mobile[7:]}",
            f"0086{mobile}",
            " ".join(mobile),
            f"0{rng.choice(['10', '21', '571', '28', '755'])}-{rng.choice('2345678')}{_digits(rng, 7)}",
            f"(0{rng.choice(['10', '21', '20'])}) {rng.choice('2345678')}{_digits(rng, 3)} {_digits(rng, 4)}",
        ]
    )
    if rng.random() < 0.08:
        return "Call ", f"({rng.randint(212, 699)}) {rng.randint(212, 799)}-{_digits(rng, 4)}"
    return label, spaced


def _email(rng: random.Random) -> tuple[str, str]:
    user = rng.choice(["zhang.san", "li_si", "wangwu", "chen-h", "j.smith", "dr"]) + _digits(rng, rng.randint(0, 4))
    host = rng.choice(["qq.com", "163.com", "hospital.com.cn", "example.org", "mail.pku.edu.cn", "gmail.com"])
    label = rng.choice(["邮箱", "请发到", "E-mail：", "报告寄", "", "mail to ", "Email: "])
    return label, rng.choice([f"{user}@{host}", f"{user}@{host}", f"{user} @ {host}", f"{user} (at) {host}"])


def _hospital_number(rng: random.Random) -> tuple[str, str]:
    number = rng.choice(
        [
            _digits(rng, 8),
            f"ZY{_digits(rng, 8)}",
            f"{rng.randint(2015, 2025)}-{_digits(rng, 5)}",
            f"A{_digits(rng, 6)}",
            f"{_digits(rng, 4)} {_digits(rng, 4)}",
        ]
    )
    if rng.random() < 0.25:
        return rng.choice(["MRN: ", "MRN ", "Medical record number ", "Hospital No. "]), number
    labels = [
        "住院号",
        "住院号：",
        "门诊号 ",
        "病历号是",
        "病案号:",
        "就诊卡号为",
        "登记号：",
        "住 院 号：",
        "影像号：",
        "病案号（新）：",
    ]
    return rng.choice(labels), number


def _name(rng: random.Random) -> tuple[str, str]:
    name = rng.choice(_SURNAMES) + "".join(rng.choices(_GIVEN, k=rng.randint(1, 2)))
    if rng.random() < 0.25:
        full = f"{rng.choice(_FIRST)} {rng.choice(_LAST)}"
        return rng.choice(["Mr. ", "Mrs. ", "Patient ", "Patient name: ", "My name is "]), full
    label = rng.choice(
        ["患者姓名：", "姓名：", "姓  名：", "我叫", "联系人：", "患者姓名 ", "患者", "病人", "家属", "本人", "陪同者"]
    )
    return label, name


def _address(rng: random.Random) -> tuple[str, str]:
    if rng.random() < 0.2:
        street = f"{rng.randint(1, 999)} {rng.choice(_STREETS)}"
        return rng.choice(["lives at ", "Address: "]), rng.choice([street, f"{street}, {rng.choice(_TOWNS)}"])
    number = f"{rng.randint(1, 499)}号"
    more = rng.choice(["", "", f"{rng.randint(1, 20)}栋{rng.randint(101, 2502)}室", f"{rng.randint(1, 9)}单元"])
    if rng.random() < 0.1:
        village = f"{rng.choice(_VILLAGES)}{rng.choice(['', f'{rng.randint(1, 12)}组'])}"
        return rng.choice(["家住", "系", "住址："]), village
    label = rng.choice(["家住", "住址：", "地址：", "现住", "家庭住址 ", "", "药寄到"])
    return label, f"{rng.choice(_CITIES)}{rng.choice(_ROADS)}{number}{more}"


def _card(rng: random.Random) -> tuple[str, str]:
    form = rng.randrange(5)
    if form < 2:
        first = "62" + _digits(rng, rng.choice([13, 16]))
        number = next(first + last for last in "0123456789" if luhn(first + last))
        groups = " ".join(number[begin : begin + 4] for begin in range(0, len(number), 4))
        return rng.choice(["银行卡号", "卡号：", "转账到", "退费至"]), rng.choice([number, groups])
    if form == 2:
        return rng.choice(["医保卡号：", "社保卡号", "医保号是"]), _digits(rng, rng.choice([9, 12]))
    if form == 3:
        return rng.choice(["护照号", "护照号码：", "Passport No. "]), f"{rng.choice('EGD')}{_digits(rng, 8)}"
    return rng.choice(
        ["SSN ", "Insurance ID: XY-"]
    ), f"{rng.randint(100, 665)}-{rng.randint(10, 99)}-{rng.randint(1000, 9999)}"


def _birth_date(rng: random.Random) -> tuple[str, str]:
    year, month, day = _day(rng)
    if rng.random() < 0.3:
        written = rng.choice(
            [f"{month:02}/{day:02}/{year}", f"{_MONTHS[month - 1]} {day}, {year}", f"{year}-{month:02}-{day:02}"]
        )
        return rng.choice(["DOB ", "DOB: ", "Date of birth: ", "She was born on "]), written
    written = rng.choice(
        [
            f"{year}年{month}月{day}日",
            f"{year}-{month:02}-{day:02}",
            f"{year}/{month}/{day}",
            f"{year}.{month:02}.{day:02}",
            f"{year}{month:02}{day:02}",
            f"{year}年{month}月",
        ]
    )
    return rng.choice(["出生日期：", "出生年月 ", "生于", "出生于", "生日是", "出 生 日 期："]), written


KINDS: dict[str, Callable[[random.Random], tuple[str, str]]] = {
    "resident_id": _resident_id,
    "phone": _phone,
    "email": _email,
    "hospital_number": _hospital_number,
    "name": _name,
    "address": _address,
    "card": _card,
    "birth_date": _birth_date,
}
"""The kinds that are planted; each makes a label and an identifier."""
