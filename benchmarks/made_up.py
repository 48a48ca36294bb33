"""Made-up values for the slots of `benchmarks/heldout.py`, other ones than those of `benchmarks/planting.py`."""

from __future__ import annotations

import random
from collections.abc import Callable

from studio.data.identifiers.card import luhn
from studio.data.identifiers.resident_id import checksum

_SURNAMES = "王李张刘陈杨黄赵吴周徐孙马朱胡林郭何高罗郑梁谢宋唐许韩邓冯曹彭曾覃骆娄蔺屈佟苗桑鞠麦欧阳司徒上官"
_GIVEN = "嘉懿思远雨桐梓涵浩然明哲春花桂芝淑珍金凤玉梅建国卫东志刚海燕冬梅翠兰立新德胜永福秋菊雪莲子墨一诺若曦沐宸"
_FIRST = [
    "Aisha",
    "Beatrice",
    "Callum",
    "Dmitri",
    "Eleanor",
    "Francisco",
    "Guadalupe",
    "Hannah",
    "Ingrid",
    "Jamal",
    "Keiko",
    "Lakshmi",
    "Marcus",
    "Nadia",
    "Oliver",
    "Priya",
    "Quentin",
    "Rosa",
    "Sanjay",
    "Tanisha",
    "Ursula",
    "Vikram",
    "Walter",
    "Xiomara",
    "Yusuf",
    "Zoe",
    "William",
    "Margaret",
    "Christopher",
    "Dorothy",
]
_LAST = [
    "Abernathy",
    "Okafor",
    "Castellanos",
    "Dubois",
    "Eriksson",
    "Fitzgerald",
    "Gunawardena",
    "Hernandez",
    "Iyer",
    "Jankowski",
    "Kowalczyk",
    "Lindqvist",
    "MacDonald",
    "Nakamura",
    "O'Connor",
    "Patel",
    "Quispe",
    "Rosenberg",
    "Smith-Jones",
    "Takahashi",
    "Underwood",
    "Villanueva",
    "Whitfield",
    "Yamamoto",
    "Lee",
    "Young",
]
_TITLED = ("Mr. ", "Mr ", "Mrs. ", "Ms. ", "Miss ", "Dr. ", "Mr. and Mrs. ")
_ROADS = [
    "Sycamore St.",
    "Chestnut Street",
    "West Elm Street",
    "N. Lincoln Ave",
    "Martin Luther King Jr. Blvd",
    "Old Mill Rd",
    "Cedar Ridge Road",
    "Sunset Blvd",
    "Pinecrest Drive",
    "Willow Ln",
    "Orchard Court",
    "Harbor View Pkwy",
    "5th Avenue",
    "E 42nd St",
    "Route 9",
    "County Road 250",
    "Juniper Way",
    "Magnolia Circle",
    "State Hwy 16",
    "Broadway",
    "Peachtree Street NE",
    "Alder Cove",
    "Quail Run",
    "Fox Hollow Trail",
    "Rosewood Close",
    "Victoria Terrace",
]
_TOWNS = [
    "Springfield, IL 62704",
    "Baton Rouge, LA 70802",
    "St. Louis, Missouri 63101",
    "San Antonio TX 78205",
    "Ann Arbor, MI",
    "Boise, ID 83702-1234",
    "Sioux Falls, South Dakota 57104",
    "New York, NY 10001",
]
_CITIES = [
    "江苏省苏州市姑苏区",
    "福建省厦门市思明区",
    "湖南省长沙市岳麓区",
    "天津市南开区",
    "重庆市渝中区",
    "辽宁省大连市沙河口区",
    "河北省石家庄市长安区",
    "云南省昆明市五华区",
    "贵阳市云岩区",
    "内蒙古自治区呼和浩特市赛罕区",
    "深圳市南山区",
    "宁波市鄞州区",
    "上海市徐汇区",
    "新疆乌鲁木齐市天山区",
    "合肥市包河区",
]
_STREETS = [
    "观前街",
    "凤凰西路",
    "科技园南区高新南一道",
    "麓山南路",
    "金马碧鸡大道",
    "石鼓路",
    "漕溪北路",
    "西安路",
    "黄埔大道西",
    "宝安中路",
    "东风巷",
    "槐安东路",
    "五一北路",
    "桃源胡同",
    "滨江道",
]
_ESTATES = ["锦绣花园", "阳光新城", "万科城市花园", "绿地世纪城", "翠苑二区", "恒大名都", "金桂苑", "东湖小区"]
_COUNTRY = [
    "四川省仁寿县文宫镇石家村",
    "山东省莒县城阳街道办事处岳家庄",
    "河北省定州市砖路镇西坂村",
    "湖北省恩施市龙凤镇双堰塘村",
    "广西壮族自治区容县杨梅镇四端村",
    "陕西省周至县马召镇东富饶村",
]
_NUMERALS = "零一二三四五六七八九"


def _digits(rng: random.Random, count: int) -> str:
    return "".join(rng.choices("0123456789", k=count))


def _name_zh(rng: random.Random) -> str:
    surname = rng.choice([*_SURNAMES[:-6], "欧阳", "司徒", "上官"])
    return str(surname) + "".join(rng.choices(_GIVEN, k=rng.choice([1, 2, 2, 2])))


def _name_en(rng: random.Random) -> str:
    middle = rng.choice(["", "", "", f"{rng.choice('ABCDEJKLMRST')}. "])
    return f"{rng.choice(_FIRST)} {middle}{rng.choice(_LAST)}"


def _titled(rng: random.Random) -> str:
    return f"{rng.choice(_TITLED)}\0{rng.choice([rng.choice(_LAST), _name_en(rng)])}"


def _address_en(rng: random.Random) -> str:
    number = rng.choice(
        [str(rng.randint(1, 9999)), str(rng.randint(10, 19999)), f"{rng.randint(1, 250)}{rng.choice('ABC')}"]
    )
    flat = rng.choice(
        [
            "",
            "",
            "",
            f", Apt {rng.randint(1, 40)}{rng.choice(['', 'B', 'C'])}",
            f" Apt. {rng.randint(100, 999)}",
            f", Unit {rng.randint(1, 20)}",
            f" #{rng.randint(1, 40)}",
            f", Suite {rng.randint(100, 900)}",
        ]
    )
    town = rng.choice(["", f", {rng.choice(_TOWNS)}", f", {rng.choice(_TOWNS)}", f"\n{rng.choice(_TOWNS)}"])
    return f"{number} {rng.choice(_ROADS)}{flat}{town}"


def _pobox(rng: random.Random) -> str:
    box = rng.choice(["P.O. Box", "PO Box", "P. O. Box", "Post Office Box"])
    return f"{box} {rng.randint(10, 9999)}{rng.choice(['', f', {rng.choice(_TOWNS)}'])}"


def _address_zh(rng: random.Random) -> str:
    form = rng.randrange(6)
    if form == 0:
        place = rng.choice(
            [
                "",
                f"{rng.randint(1, 12)}组",
                f"{rng.randint(1, 200)}号",
                f"{rng.choice('一二三四五')}组{rng.randint(1, 60)}号",
            ]
        )
        return f"{rng.choice(_COUNTRY)}{place}"
    city, number = rng.choice(_CITIES), rng.randint(1, 999)
    if form == 1:
        return f"{city}{rng.choice(_ESTATES)}{rng.randint(1, 40)}{rng.choice(['栋', '号楼', '幢', '#楼'])}{rng.choice(['', f'{rng.randint(1, 4)}单元'])}{rng.randint(101, 3204)}{rng.choice(['室', '', '房'])}"
    if form == 2:
        return f"{city}{rng.choice(_STREETS)}{number}弄{rng.randint(1, 60)}号{rng.randint(101, 2402)}室"
    if form == 3:
        return f"{city}{rng.choice(_STREETS)}{number}号{rng.choice(_ESTATES)}{rng.randint(1, 30)}-{rng.randint(1, 4)}-{rng.randint(101, 1802)}"
    if form == 4:
        return f"{rng.choice(_STREETS)}{number}号{rng.choice(['', f'{rng.randint(2, 30)}楼'])}"
    return f"{city}{rng.choice(_STREETS)}{number}号{rng.choice(['', '', '附3号', f'院{rng.randint(1, 20)}号楼'])}"


def _phone(rng: random.Random) -> str:
    number = f"1{rng.choice('356789')}{_digits(rng, 9)}"
    return rng.choice(
        [
            number,
            number,
            f"{number[:3]} {number[3:7]} {number[7:]}",
            f"{number[:3]}-{number[3:7]}-{number[7:]}",
            f"0{rng.choice(['512', '731', '23', '871'])}-{rng.choice('23456785')}{_digits(rng, 7)}",
        ]
    )


def _phone_words(rng: random.Random) -> str:
    number = f"1{rng.choice('356789')}{_digits(rng, 9)}"
    zero, one = rng.choice([("零", "一"), ("〇", "一"), ("零", "幺"), ("零", "壹")])
    said = ["".join({"0": zero, "1": one}.get(sign, _NUMERALS[int(sign)]) for sign in number)][0]
    return rng.choice(
        [
            said,
            said,
            f"{said[:3]} {said[3:7]} {said[7:]}",
            f"{said[:3]}-{said[3:7]}-{said[7:]}",
            f"{said[:3]}，{said[3:7]}，{said[7:]}",
        ]
    )


def _phone_en(rng: random.Random) -> str:
    area, exchange, line = rng.randint(212, 989), rng.randint(212, 989), _digits(rng, 4)
    return rng.choice(
        [
            f"({area}) {exchange}-{line}",
            f"{area}-{exchange}-{line}",
            f"{area}.{exchange}.{line}",
            f"+1 {area} {exchange} {line}",
            f"{area} {exchange} {line}",
        ]
    )


def _resident(rng: random.Random) -> str:
    first = f"{rng.choice(['320508', '350203', '430104', '530102', '120104'])}{rng.randint(1938, 2018)}{rng.randint(1, 12):02}{rng.randint(1, 28):02}{_digits(rng, 3)}"
    return first + checksum(first)


def _hospital_number(rng: random.Random) -> str:
    return rng.choice(
        [
            _digits(rng, 7),
            _digits(rng, 10),
            f"{rng.choice('ABHMZ')}{_digits(rng, 6)}",
            f"{rng.randint(16, 25)}-{_digits(rng, 4)}-{_digits(rng, 2)}",
        ]
    )


def _card_zh(rng: random.Random) -> str:
    if rng.random() < 0.5:
        return f"{rng.choice('ABCDEFGH')}{_digits(rng, 8)}"
    first = "621" + _digits(rng, 15)
    return next(first + last for last in "0123456789" if luhn(first + last))


def _date_zh(rng: random.Random) -> str:
    year, month, day = rng.randint(1931, 2019), rng.randint(1, 12), rng.randint(1, 28)
    return rng.choice([f"{year}年{month}月{day}日", f"{year}-{month:02}-{day:02}", f"{year}.{month}.{day}"])


def _date_en(rng: random.Random) -> str:
    year, month, day = rng.randint(1931, 2019), rng.randint(1, 12), rng.randint(1, 28)
    name = [
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
    ][month - 1]
    return rng.choice(
        [f"{month}/{day}/{year}", f"{day} {name[:3]} {year}", f"{name} {day}, {year}", f"{year}-{month:02}-{day:02}"]
    )


def _email(rng: random.Random) -> str:
    return f"{rng.choice(_FIRST).lower()}{rng.choice(['.', '_', ''])}{rng.choice(['w', 'chen', 'k88', '1979'])}@{rng.choice(['outlook.com', '126.com', 'nhs.net', 'sina.cn', 'med.example.edu'])}"


def _ip(rng: random.Random) -> str:
    if rng.random() < 0.2:
        return ":".join(f"{rng.randrange(0x1000, 0xFFFF):x}" for _ in range(8))
    return f"{rng.choice([10, 27, 58, 113, 172, 192, 202, 223])}.{rng.randint(0, 255)}.{rng.randint(0, 255)}.{rng.randint(1, 254)}"


def _account(rng: random.Random) -> str:
    return rng.choice([f"{rng.choice(['lily', 'ymm', 'hope'])}_{_digits(rng, 4)}", f"wxid{_digits(rng, 6)}"])


FILLERS: dict[str, Callable[[random.Random], str]] = {
    "sex": lambda rng: rng.choice("男女"),
    "sex_en": lambda rng: rng.choice(["M", "F", "Male", "Female"]),
    "age": lambda rng: str(rng.randint(18, 92)),
    "n": lambda rng: str(rng.randint(2, 9)),
    "married": lambda rng: rng.choice(["已婚", "未婚", "丧偶"]),
}
"""What is no identifier, by the slot of a template."""
VALUES: dict[str, tuple[str, Callable[[random.Random], str]]] = {
    "name_zh": ("name, Chinese", _name_zh),
    "name_en": ("name, English", _name_en),
    "titled": ("name, English", _titled),
    "address_zh": ("address, Chinese", _address_zh),
    "address_en": ("address, English", _address_en),
    "pobox": ("address, English", _pobox),
    "phone": ("phone", _phone),
    "phone_en": ("phone", _phone_en),
    "phone_words": ("phone, in characters", _phone_words),
    "resident_id": ("resident_id", _resident),
    "hospital_number": ("hospital_number", _hospital_number),
    "hospital_number_long": ("card", lambda rng: f"{rng.choice('KWX')}{_digits(rng, 9)}"),
    "card_zh": ("card", _card_zh),
    "ssn": ("card", lambda rng: f"{rng.randint(100, 665)}-{rng.randint(10, 99)}-{rng.randint(1000, 9999)}"),
    "date_zh": ("birth_date", _date_zh),
    "date_en": ("birth_date", _date_en),
    "email": ("email", _email),
    "ip": ("ip", _ip),
    "account": ("account", _account),
}
"""What each slot holds: the kind that it is told by, and what makes it."""
