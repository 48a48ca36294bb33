"""Patterns for identifiers that only a label in front of them tells."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import lru_cache

AFTER = r"(?:号码|码)?\s{0,3}(?:[(（][^)）\n]{0,8}[)）])?\s{0,3}(?:[:：=#]|为|是|[Nn][Oo][.:：]?)?\s{0,3}"
"""What may stand between a label and its value."""

NUMBER = r"[A-Za-z]{0,5}[-_/]?[0-9][0-9A-Za-z]*(?:[-_/.][0-9A-Za-z]+|\x20[0-9]{3,}(?![0-9A-Za-z]))*"
"""A number as files have them: some letters, digits in groups."""

_DIGITS = re.compile("[0-9]")
_LONG = re.compile(r"[0-9](?:[ ().-]{0,3}[0-9]){6}")


@lru_cache(maxsize=1)  # several kinds ask of the same text
def has_long_number(text: str) -> bool:
    """Tell whether there are seven digits in a row, whatever sets them apart: most texts have none, which saves much."""
    return _LONG.search(text) is not None


def spaced(*labels: str) -> str:
    """Return a pattern of labels, whose characters forms set apart: `姓    名`."""
    return "|".join(r"\s{0,4}".join(label) for label in labels)


def numbers(pattern: re.Pattern[str], text: str, fewest: int) -> Iterator[tuple[int, int]]:
    """Yield where the last group of a pattern stands, where it has some digits at least."""
    for match in pattern.finditer(text):
        if len(_DIGITS.findall(match[match.lastindex or 0])) >= fewest:
            yield match.span(match.lastindex or 0)
