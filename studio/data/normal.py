"""Questions made comparable: two that differ only in width, case, spacing or punctuation are one."""

from __future__ import annotations

import hashlib
import re
import unicodedata
from functools import lru_cache

from studio.core.records import Question

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


@lru_cache(maxsize=64)  # a stem is asked for its part, its duplicates and its twins in a row
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


def fingerprint(question: Question) -> str:
    """Return a hex digest of what is asked: the stem and the option texts, in any order."""
    parts = [normal(question.stem), *sorted(normal(text) for text in question.options.values())]
    return hashlib.sha256("\0".join(parts).encode()).hexdigest()


def twin_key(question: Question) -> str:
    """Return what two questions of different parts must not share: the stem, whatever options follow it.

    A stem too short to tell (`下列哪项正确`) counts with its options.
    """
    stem = normal(question.stem)
    return stem if len(stem) >= _TELLING else fingerprint(question)


def answer_mark(question: Question) -> str:
    """Return the gold answer made comparable: the text of the right options, under whatever letters they stand."""
    if question.is_choice:
        return "\0".join(sorted(normal(question.options.get(letter, letter)) for letter in question.gold))
    return normal(question.gold + "".join(question.contexts))


def stem_fraction(question: Question) -> float:
    """Return a number in [0, 1) that depends on the stem's letters and digits alone: a question stays in its part.

    Two stems that only a sign tells apart get the same number, which does no harm.
    """
    digest = hashlib.sha256(_SIGNS.sub("", normal(question.stem)).encode()).digest()
    return int.from_bytes(digest[:8], "big") / 2**64
