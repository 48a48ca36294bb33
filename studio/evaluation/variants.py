"""Random identifiers that only chance tells from a true one: they differ from it in its last digits alone.

Whatever else could differ tells them apart without any knowledge: 0871 is as likely as 4460, but `d.evans` is likelier than
`q.wzxpt`, 555 than 731 behind 415, and John Smith than Paul Cooper. So names, addresses and dates have none at all.
"""

from __future__ import annotations

import random
import re

from studio.data.identifiers.card import luhn
from studio.data.identifiers.resident_id import checksum

RANKED = ("resident_id", "phone", "hospital_number", "card", "account", "email")
"""The kinds whose last digits say nothing of themselves."""
_DIGIT = re.compile("[0-9]")
_FEWEST, _MOST = 3, 6  # digits that differ
_OF_A_PHONE = 4  # what stands in front of them are a network, an area and an exchange


def variant(kind: str, value: str, rng: random.Random) -> str | None:
    """Return another identifier of a kind in the form of one, with other last digits; None where there can be none."""
    digits = _DIGIT.findall(value)
    if kind == "resident_id":
        whole = value.replace("X", "0").replace("x", "0")  # the check sign has a place, whatever it is
        return _filled(whole, _resident(digits, rng))
    differ = _OF_A_PHONE if kind == "phone" else min(_MOST, len(digits) if kind == "email" else len(digits) // 2)
    if kind not in RANKED or not _FEWEST <= differ <= len(digits):
        return None
    first = digits[: len(digits) - differ]
    if kind == "card" and len(digits) in (16, 19) and luhn("".join(digits)):
        first += _random(differ - 1, rng)
        return _filled(value, [*first, next(last for last in "0123456789" if luhn("".join(first) + last))])
    return _filled(value, [*first, *_random(differ, rng)])


def variants(kind: str, value: str, count: int, rng: random.Random) -> list[str]:
    """Return different identifiers of the form of one, and not it; none where chance alone would not tell them from it."""
    found: dict[str, None] = {}
    for _ in range(4 * count):
        other = variant(kind, value, rng)
        if other is None:
            return []
        if other.upper() != value.upper():
            found.setdefault(other)
        if len(found) == count:
            break
    return list(found)


def _random(count: int, rng: random.Random) -> list[str]:
    return rng.choices("0123456789", k=count)


def _resident(digits: list[str], rng: random.Random) -> list[str]:
    """Return the digits of another one: of the same place and year, born on another day."""
    old = len(digits) == 15
    kept = digits[: 8 if old else 10]
    first = [*kept, *f"{rng.randint(1, 12):02}{rng.randint(1, 28):02}", *_random(3, rng)]
    return first if old else [*first, checksum("".join(first))]


def _filled(value: str, digits: list[str]) -> str:
    """Return the value with other digits in the places of its own."""
    rest = iter(digits)
    return "".join(next(rest) if sign.isdigit() else sign for sign in value)
