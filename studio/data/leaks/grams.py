"""The n-grams of many texts at once, as 64-bit hashes: of characters, or of words where a Chinese character is a word.

Width, case, accents, blanks and signs do not count. Hashes find candidates; who wants to be sure compares the texts.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache

import numpy as np
import numpy.typing as npt

Hashes = npt.NDArray[np.uint64]
Numbers = npt.NDArray[np.int64]

_FACTOR = np.uint64(0x9E3779B97F4A7C15)
_SCRAMBLE = np.uint64(0xD6E8FEB86659FD93)
_LONGEST_WORD = 64  # characters that count
_LETTERS = 0x30000  # all stand below
_LATIN = 0x250  # here an accent is left away
_ALONE = ((0x3040, 0x3100), (0x3400, 0xA000), (0xF900, 0xFB00), (0x20000, _LETTERS))  # a character is a word


@dataclass(frozen=True)
class Grams:
    """The n-grams of several texts, in order.

    Args:
        hashes: of each n-gram.
        owners: the number of the text that each stands in.
        places: which one of its text each is, from 0.
    """

    hashes: Hashes
    owners: Numbers
    places: Numbers

    def only(self, kept: npt.NDArray[np.bool_]) -> Grams:
        """Return those that are kept."""
        return Grams(self.hashes[kept], self.owners[kept], self.places[kept])


class Folded:
    """The letters and digits of several texts, one text after the other."""

    def __init__(self, texts: Sequence[str]) -> None:
        whole = "".join(texts).encode("utf-32-le", errors="surrogatepass")
        owners = np.repeat(np.arange(len(texts)), [len(text) for text in texts])
        codes = _folds()[np.minimum(np.frombuffer(whole, dtype="<u4"), _LETTERS)]
        begins = np.ones(len(codes), dtype=bool)  # whether a character goes on with nothing before it
        begins[1:] = (codes[:-1] == 0) | (owners[1:] != owners[:-1])
        letters = codes > 0
        self._codes, self._owners = codes[letters], owners[letters]
        alone = np.zeros(len(self._codes), dtype=bool)
        for first, end in _ALONE:
            alone |= (self._codes >= first) & (self._codes < end)
        self._begins = begins[letters] | alone
        self._begins[1:] |= alone[:-1]
        self._firsts = np.searchsorted(self._owners, np.arange(len(texts) + 1))

    def text(self, number: int) -> str:
        """Return what is left of a text."""
        codes: bytes = self._codes[self._firsts[number] : self._firsts[number + 1]].tobytes()
        return codes.decode("utf-32-le", errors="replace")

    def characters(self, n: int) -> Grams:
        """Return the n-grams of the characters."""
        return _windows(_mixed(self._codes.astype(np.uint64)), self._owners, n)

    def words(self, n: int) -> Grams:
        """Return the n-grams of the words."""
        begins = np.flatnonzero(self._begins)
        if not len(begins):
            return _windows(np.zeros(0, dtype=np.uint64), begins, n)
        place = np.arange(len(self._codes)) - begins[np.cumsum(self._begins) - 1]
        values = _mixed(self._codes.astype(np.uint64)) * _powers()[np.minimum(place, _LONGEST_WORD - 1)]
        return _windows(np.add.reduceat(values, begins), self._owners[begins], n)

    def word_counts(self) -> Numbers:
        """Return how many words each text has."""
        return np.bincount(self._owners[self._begins], minlength=len(self._firsts) - 1)


def _windows(values: Hashes, owners: Numbers, n: int) -> Grams:
    """Return a hash of each run of n values that all belong to one text."""
    count = max(0, len(values) - n + 1)
    hashes = np.zeros(count, dtype=np.uint64)
    for place in range(n):
        hashes = hashes * _FACTOR + values[place : place + count]
    whole = owners[:count] == owners[n - 1 : n - 1 + count]
    kept = owners[:count][whole]
    first = np.searchsorted(owners, np.arange(int(kept.max(initial=-1)) + 1))  # where each text begins
    return Grams(_mixed(hashes)[whole], kept, np.flatnonzero(whole) - first[kept])


def _mixed(values: Hashes) -> Hashes:
    """Return the values with their bits mixed, so that the highest ones alone tell them apart."""
    mixed = (values ^ (values >> np.uint64(32))) * _SCRAMBLE
    return mixed ^ (mixed >> np.uint64(32))


@cache
def _folds() -> npt.NDArray[np.uint32]:
    """Return for every character the letter or digit it stands for, 0 for a sign; what lies beyond all letters is a sign."""
    return np.array([*map(_fold, range(_LETTERS)), 0], dtype="<u4")


def _fold(code: int) -> int:
    character = chr(code)
    if not character.isalnum():
        return 0
    if 0x3400 <= code < 0xF900:
        return code
    form = unicodedata.normalize("NFKD" if code < _LATIN else "NFKC", character).casefold()
    return next((ord(letter) for letter in form if letter.isalnum()), code)


@cache
def _powers() -> Hashes:
    return np.array([pow(int(_FACTOR), place, 2**64) for place in range(_LONGEST_WORD)], dtype=np.uint64)
