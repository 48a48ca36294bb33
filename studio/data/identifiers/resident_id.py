"""Resident identity numbers: 18 digits with a checksum (GB 11643), and the old ones of 15 by their date."""

from __future__ import annotations

import random
import re
from collections.abc import Iterator
from datetime import date

from studio.core.text import Text
from studio.data.identifiers._labels import has_long_number
from studio.data.identifiers._others import digits_of, filled, random_digits
from studio.data.identifiers.base import Identifier

_BREAK = "[ -]{0,3}"
_BEGIN = r"(?<![0-9])(?<![0-9][./])(?<!10\.[0-9]{4}/)"  # neither decimals nor DOIs
# A look ahead finds those that begin inside what another number's digits would swallow.
_EIGHTEEN = re.compile(rf"{_BEGIN}(?=([1-9](?:{_BREAK}[0-9]){{16}}{_BREAK}[0-9Xx])(?![0-9]))")
_FIFTEEN = re.compile(r"(?<![0-9A-Za-z./-])([1-9][0-9]{14})(?![0-9A-Za-z-])")
# Under its label one that is written wrong is still somebody's.
_LABELLED = re.compile(
    rf"(?:身份证件?|居民身份|公民身份|证件号|\b[Rr]esident [Ii][Dd]|\b[Ii][Dd] [Cc]ard|\b[Ii]dentity [Cc]ard)[^0-9\n。；;]{{0,12}}"
    rf"([1-9](?:{_BREAK}[0-9]){{13}}(?:{_BREAK}[0-9]{{2}}{_BREAK}[0-9]{_BREAK}[0-9Xx])?)(?![0-9])"
)
_PROVINCES = frozenset(
    f"{tens}{ones}"
    for tens, all_ones in (
        ("1", "12345"),
        ("2", "123"),
        ("3", "1234567"),
        ("4", "123456"),
        ("5", "01234"),
        ("6", "12345"),
        ("7", "1"),
        ("8", "123"),
    )
    for ones in all_ones
)
_WEIGHTS = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
_CHECKS = "10X98765432"


def checksum(first: str) -> str:
    """Return the last sign of a number by its first 17 digits.

    >>> checksum("11010519491231002")
    'X'
    """
    return _CHECKS[sum(weight * int(digit) for weight, digit in zip(_WEIGHTS, first, strict=True)) % 11]


def is_valid(number: str) -> bool:
    """Tell whether 18 signs are a resident identity number: its province, its date and its checksum."""
    return number[:2] in _PROVINCES and _is_date(number[6:14]) and checksum(number[:17]) == number[17].upper()


def _is_date(digits: str) -> bool:
    try:
        return 1880 <= date(int(digits[:4]), int(digits[4:6]), int(digits[6:])).year <= 2099
    except ValueError:
        return False


def _find(text: str) -> Iterator[tuple[int, int]]:
    if not has_long_number(text):
        return
    for match in _EIGHTEEN.finditer(text):
        if is_valid(match[1].replace(" ", "").replace("-", "")):
            yield match.span(1)
    for match in _FIFTEEN.finditer(text):
        if match[1][:2] in _PROVINCES and _is_date(f"19{match[1][6:12]}"):
            yield match.span(1)
    for match in _LABELLED.finditer(text):
        yield match.span(1)


def _other(value: str, rng: random.Random) -> str:
    """Return one of the same place and year, born on another day."""
    whole = value.replace("X", "0").replace("x", "0")  # the check sign has a place, whatever it is
    digits = digits_of(whole)
    old = len(digits) == 15
    first = [*digits[: 8 if old else 10], *f"{rng.randint(1, 12):02}{rng.randint(1, 28):02}", *random_digits(3, rng)]
    return filled(whole, first if old else [*first, checksum("".join(first))])


IDENTIFIER = Identifier(
    Text("resident ID", "身份证号"),
    Text("ID number", "身份证号"),
    _find,
    finds=(
        ("身份证11010519491231002X，头痛三天", "11010519491231002X"),
        ("证号：110105 19491231 002x。", "110105 19491231 002x"),
        ("老身份证号110105491231002", "110105491231002"),
        ("身份证号码是110101199001011235（抄错一位）", "110101199001011235"),
        ("His resident ID is 11010519491231002X.", "11010519491231002X"),
    ),
    passes=(
        "标本条码110105194912310021",  # its checksum is wrong
        "doi:10.1016/110105491231002",
        "人体约有37200000000000个细胞",
        "0.11010519491231002",
    ),
    other=_other,
    columns=("id_card", "id_number", "national_id", "身份证", "身份证号", "身份证号码", "证件号码"),
    order=20,
)
