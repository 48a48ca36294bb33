"""Numbers of bank cards, insurance cards, passports, and the social security numbers of the United States."""

from __future__ import annotations

import random
import re
from collections.abc import Iterator

from studio.core.text import Text
from studio.data.checks.base import holds
from studio.data.identifiers._labels import AFTER, NUMBER, has_long_number, numbers, spaced
from studio.data.identifiers._others import digits_of, filled, with_latter_half
from studio.data.identifiers.base import Identifier

_BANK = re.compile(
    r"(?<![0-9A-Za-z])(?<![0-9][./])((?:62|4[0-9]|5[1-5])[0-9]{2}(?:[ -]?[0-9]{4}){3}(?:[ -]?[0-9]{3})?)(?![0-9A-Za-z]|\.[0-9])"
)
_BANK_LABELLED = re.compile(
    rf"(?:{spaced('银行卡', '银行账号', '银行帐号', '卡号', '储蓄卡', '信用卡')}|\b[Cc]ard [Nn]umber){AFTER}([0-9](?:[ -]?[0-9]){{11,18}})(?![0-9])"
)
_INSURANCE = re.compile(
    rf"(?:{spaced('医保卡号', '医保卡', '医保号', '医保编号', '社保卡号', '社保卡', '社保号', '社会保障号', '社会保险号', '保险号', '保单号', '新农合号', '参合号')}"
    r"|\b[Ii]nsurance (?:ID|[Nn]umber|[Nn]o\b\.?)|\b[Pp]olicy (?:[Nn]umber|[Nn]o\b\.?)|\b[Mm]ember ID\b|\b[Mm]edicare (?:[Nn]umber|[Nn]o\b\.?))"
    rf"{AFTER}(?:is\x20)?({NUMBER})"
)
_PASSPORT = re.compile(
    rf"(?:护照|通行证|\b[Pp]assport)(?:\x20(?:[Nn]umber|[Nn]o\b\.?))?号?{AFTER}(?:is\x20)?([A-Z]{{1,2}}\x20?[0-9]{{7,8}}|[0-9]{{9}})(?![0-9])"
)
_SOCIAL = re.compile(
    r"(?<![0-9A-Za-z])(?<![0-9][-.])(?!000|666|9)[0-9]{3}-(?!00)[0-9]{2}-(?!0000)[0-9]{4}(?![0-9A-Za-z]|[-.][0-9])"
)
_WORDS = ("医保", "社保", "社会保", "保险", "保单", "合号", "nsurance", "olicy", "ember ID", "edicare")
_FEWEST = 6


def luhn(digits: str) -> bool:
    """Tell whether the last digit is the check digit of the others (ISO/IEC 7812).

    >>> luhn("4111111111111111"), luhn("4111111111111112")
    (True, False)
    """
    doubled = [int(digit) * (2 if number % 2 else 1) for number, digit in enumerate(reversed(digits))]
    return sum(value - 9 if value > 9 else value for value in doubled) % 10 == 0


def _find(text: str) -> Iterator[tuple[int, int]]:
    if holds(text, _WORDS):
        yield from numbers(_INSURANCE, text, _FEWEST)
    if not has_long_number(text):
        return
    for match in _BANK.finditer(text):
        if luhn(match[1].replace(" ", "").replace("-", "")):
            yield match.span(1)
    for match in _SOCIAL.finditer(text):
        yield match.span()
    yield from numbers(_BANK_LABELLED, text, 12)
    yield from numbers(_PASSPORT, text, 7)


def _other(value: str, rng: random.Random) -> str | None:
    """Return one with a right check digit where the true one has it."""
    other = with_latter_half(value, rng)
    digits = digits_of(value)
    if other is None or len(digits) not in (16, 19) or not luhn("".join(digits)):
        return other
    first = digits_of(other)[:-1]
    return filled(value, [*first, next(last for last in "0123456789" if luhn("".join(first) + last))])


IDENTIFIER = Identifier(
    Text("card, insurance or passport number", "银行卡、医保或护照号"),
    Text("card number", "证卡号码"),
    _find,
    finds=(
        ("转到6222 0212 3456 7890 128就行", "6222 0212 3456 7890 128"),
        ("医保卡号：320102198001", "320102198001"),
        ("护照号E12345678，拟赴日就医", "E12345678"),
        ("Insurance ID: XYZ-123456", "XYZ-123456"),
        ("SSN 123-45-6789", "123-45-6789"),
    ),
    passes=(
        "CAS号 657-24-9（二甲双胍）",
        "序列号6222021234567890121",  # its check digit is wrong
        "医保报销70%，每年2000元",
        "第123-45页",
        "PMID 31234567",
    ),
    other=_other,
    columns=("insurance_id", "insurance_number", "ssn", "passport", "医保卡号", "社保卡号", "银行卡号", "护照号"),
    order=30,
)
