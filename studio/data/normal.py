"""Questions made comparable: two that differ only in width, case, spacing or punctuation are one."""

from __future__ import annotations

import hashlib
import re
import unicodedata

from studio.core.records import Question

_OTHERS = re.compile(r"[\W_]+")


def normal(text: str) -> str:
    """Return the letters and digits of a text, NFKC and without case.

    >>> normal("治疗高血压，首选（　　）。") == normal("治疗高血压 首选( )")
    True
    """
    folded = unicodedata.normalize("NFKC", text).casefold()
    return _OTHERS.sub("", folded)


def fingerprint(question: Question) -> str:
    """Return a hex digest of what is asked: the stem and the option texts, in any order."""
    parts = [normal(question.stem), *sorted(normal(text) for text in question.options.values())]
    return hashlib.sha256("\0".join(parts).encode()).hexdigest()


def stem_fraction(question: Question) -> float:
    """Return a number in [0, 1) that depends on the normalised stem alone, so a question stays in its part for ever."""
    digest = hashlib.sha256(normal(question.stem).encode()).digest()
    return int.from_bytes(digest[:8], "big") / 2**64
