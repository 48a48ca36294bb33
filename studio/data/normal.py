"""Rows made comparable: two that differ only in width, case, spacing or punctuation are one."""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache
from hashlib import blake2b, sha256
from typing import NamedTuple

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
_SPELT = re.compile("[‐‑‒–⁄≥≧≤≦]")
# Of a text of these alone, every step but the last ones changes nothing that stays: no sign in it needs its neighbours.
_COMMON = re.compile("[\u4e00-\u9fffA-Za-z0-9%<>=+，。？！、；“”‘’（）《》【】\u3000 \\n,?!;()\"']*")
_COMMON_SIGNS = re.compile("[，。？！、；“”‘’（）《》【】\u3000 \\n,?!;()\"']+")
USUAL_SEED = 42
_TELLING = 12  # characters
_DIGEST_BYTES = 16


@lru_cache(maxsize=64)  # a row's texts are wanted several times, one after the other
def normal(text: str) -> str:
    """Return the letters, digits and telling signs of a text, NFKC and without case.

    >>> normal("治疗高血压，首选（　　）。") == normal("治疗高血压 首选( )")
    True
    >>> normal("X-ray") == normal("X ray"), normal("HBsAg(-)") == normal("HBsAg(+)"), normal("1.5 mg") == normal("15 mg")
    (True, False, False)
    """
    if _COMMON.fullmatch(text):  # most questions: a quarter of the time
        return _COMMON_SIGNS.sub("", text).lower()
    folded = unicodedata.normalize("NFKC", text).casefold()
    # each step is taken where there is something for it: most texts have none of these signs
    if not folded.isascii() and _SPELT.search(folded):
        folded = folded.translate(_ONE_SPELLING)
    if "-" in folded or "~" in folded:
        folded = _MINUS.sub("−", folded)
    if "." in folded or "/" in folded or ":" in folded:
        folded = _POINT.sub("", folded)
    return _OTHERS.sub("", "".join(folded.split()))  # split: twice as fast as a pattern for the blanks


class Marks(NamedTuple):
    """What a row is compared by, as digests: a million of them fit into memory.

    Args:
        shared: the comparable text that no row of another part may have.
        asked: stands for all that is asked.
        split: stands for what two rows of different parts must not share.
        told: the comparable text that `split` stands for.
    """

    shared: str
    asked: bytes
    split: bytes
    told: str


def marks(row: Row) -> Marks:
    """Return what a row is compared by: the first text and the others in any order.

    What is shared and too short to tell (`下列哪项正确`) counts as all that is asked.
    """
    asked = row.asked
    first = normal(asked[0])
    shared = first if row.shared is asked[0] else normal(row.shared)
    whole = "\0".join([first, *sorted(map(normal, asked[1:]))]) if len(asked) > 1 else first
    mark = digest(whole)
    if len(shared) < _TELLING or shared == whole:
        return Marks(shared, mark, mark, whole)
    return Marks(shared, mark, digest(shared), shared)


def key(text: str, sort: str = "") -> int:
    """Return a number that stands for a text among those of its sort; never 0, which stands for none."""
    return int.from_bytes(digest(f"{sort}\0{text}")[:8], "big") or 1


def answer_mark(row: Row) -> bytes:
    """Return a digest of the answer made comparable, its texts in any order."""
    return digest("\0".join(sorted(map(normal, row.answered))))


def split_fraction(shared: str, seed: int = USUAL_SEED) -> float:
    """Return a number in [0, 1) that depends on the letters and digits of a comparable text, and on the seed: a row stays
    in its part.

    Two texts that only a sign tells apart get the same number, which does no harm.
    """
    letters = shared if shared.isalnum() else _SIGNS.sub("", shared)
    if seed != USUAL_SEED:  # the parts that datasets had before there was a choice are those of the usual seed
        letters = f"{seed}\0{letters}"
    digest = sha256(letters.encode()).digest()
    return int.from_bytes(digest[:8], "big") / 2**64


def rank(seed: int, mark: bytes) -> bytes:
    """Return the place of a row in a sample: the lowest ranks are drawn, so that a smaller sample is part of a larger one."""
    return blake2b(mark, digest_size=8, salt=seed.to_bytes(16, "big")).digest()


def digest(text: str) -> bytes:
    """Return what stands for a text."""
    return blake2b(text.encode(), digest_size=_DIGEST_BYTES).digest()
