"""Rows made comparable: two that differ only in width, case, spacing or punctuation are one."""

from __future__ import annotations

import hashlib
import re
import unicodedata
from functools import lru_cache

from studio.data.records.base import Row

# Signs that change what is asked are kept: these everywhere, and `.`, `/` and `:` between two digits.
_POINT = re.compile(r"[./:](?:(?<!\d[./:])|(?!\d))")
_OTHERS = re.compile(r"[^\w<>=+−±↑↓%‰./:]+|_")
_SIGNS = re.compile(r"[\W_]+")
# A dash is a minus between two numbers, before a number, in brackets, and after a word that ends there: HBsAg-, (-).
_MINUS = re.compile(
    r"(?<=\d)\s*[-~]\s*(?=\d)|(?<![\w)\]])-(?=\d)|(?:(?<=[(\[])|^)\s*-+\s*(?:(?=[)\]])|$)|(?<=\w)-(?![\w-])"
)
_ONE_SPELLING = str.maketrans(
    {"‐": "-", "‑": "-", "‒": "-", "–": "-", "⁄": "/", "≥": ">=", "≧": ">=", "≤": "<=", "≦": "<="}
)
_TELLING = 12  # characters


@lru_cache(
    maxsize=64
)  # a row's text is wanted for its part, its duplicates and its likes in other parts one after the other
def normal(text: str) -> str:
    """Return the letters, digits and telling signs of a text, NFKC and without case.

    >>> normal("治疗高血压，首选（　　）。") == normal("治疗高血压 首选( )")
    True
    >>> normal("X-ray") == normal("X ray"), normal("HBsAg(-)") == normal("HBsAg(+)"), normal("1.5 mg") == normal("15 mg")
    (True, False, False)
    """
    folded = unicodedata.normalize("NFKC", text).casefold()
    if not folded.isascii():
        folded = folded.translate(_ONE_SPELLING)
    if "-" in folded or "~" in folded:
        folded = _MINUS.sub("−", folded)
    return _OTHERS.sub("", "".join(_POINT.sub("", folded).split()))  # split: twice as fast as a pattern for the blanks


def fingerprint(row: Row) -> str:
    """Return a hex digest of what is asked: the first text and the others in any order."""
    first, *others = map(normal, row.asked)
    return hashlib.sha256("\0".join([first, *sorted(others)]).encode()).hexdigest()


def split_key(row: Row) -> str:
    """Return what two rows of different parts must not share; too short to tell (`下列哪项正确`), all that is asked."""
    shared = normal(row.shared)
    return shared if len(shared) >= _TELLING else fingerprint(row)


def answer_mark(row: Row) -> str:
    """Return the answer made comparable, its texts in any order."""
    return "\0".join(sorted(map(normal, row.answered)))


def split_fraction(row: Row) -> float:
    """Return a number in [0, 1) that depends on the letters and digits of the shared text alone: a row stays in its part.

    Two texts that only a sign tells apart get the same number, which does no harm.
    """
    digest = hashlib.sha256(_SIGNS.sub("", normal(row.shared)).encode()).digest()
    return int.from_bytes(digest[:8], "big") / 2**64
