"""Other identifiers of the form of a true one, which only chance tells from it: its last digits alone are different.

Whatever else could differ tells them apart without any knowledge: 0871 is as likely as 4460, but `d.evans` is likelier than
`q.wzxpt`, 555 than 731 behind 415, and John Smith than Paul Cooper. So names, addresses and dates have none at all.
"""

from __future__ import annotations

import random
import re
from collections.abc import Sequence

_DIGIT = re.compile("[0-9]")
_FEWEST, _MOST = 3, 6  # digits that differ


def digits_of(value: str) -> list[str]:
    """Return the digits of an identifier, whatever stands between them."""
    return _DIGIT.findall(value)


def random_digits(count: int, rng: random.Random) -> list[str]:
    return rng.choices("0123456789", k=count)


def filled(value: str, digits: Sequence[str]) -> str:
    """Return a value with other digits in the places of its own.

    >>> filled("12-3 x", "987")
    '98-7 x'
    """
    rest = iter(digits)
    return "".join(next(rest) if "0" <= sign <= "9" else sign for sign in value)


def with_last_digits(value: str, differ: int, rng: random.Random) -> str | None:
    """Return a value with so many other last digits, six at most; None where there are too few to say nothing of themselves."""
    digits, differ = digits_of(value), min(differ, _MOST)
    if not _FEWEST <= differ <= len(digits):
        return None
    return filled(value, [*digits[: len(digits) - differ], *random_digits(differ, rng)])


def with_latter_half(value: str, rng: random.Random) -> str | None:
    """Return a value with other digits in its latter half: what stands in front may be a year or a ward."""
    return with_last_digits(value, len(digits_of(value)) // 2, rng)
