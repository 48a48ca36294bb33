"""Near duplicates: texts that share nearly all of their pieces, found among many without comparing all with all.

A text's pieces are its runs of *n* characters. MinHash signatures (`rensa`) bring texts that may be alike into one bucket,
and those are compared exactly. Of each text a few hundred bytes of numbers stay in memory; the texts lie in a spool.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from functools import lru_cache
from itertools import chain, combinations, pairwise
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray
from rensa import RMinHash

_NO_HAN = re.compile("[^\u3400-\u9fff]+")
_TELLING = re.compile(r"\d+(?:[./:]\d+)*|[<>=+−±↑↓%‰]")
_HAN_SHARE = 0.2
_BEGIN = 100  # characters, which tell the script of a text
_LONGEST = 4_000  # characters of a text that are looked at: enough to tell, and a book in a prompt costs no more
_CASE = {2: 50, 5: 200}  # characters that a case has at least, by the width of its pieces
_BATCH = 250
_REMEMBERED = 256  # texts, of which the longest take half a megabyte each
_PERMUTATIONS = 126
_SEED = 42
_FOUND = 0.99  # the share of pairs at the threshold that come into one bucket at least
_ALL_PAIRS = 16  # of a bucket that holds more, each text is compared with the first and with its neighbour
_SPREAD = 0.12  # three standard deviations of a signature's estimate at 0.8
_FACTOR = np.uint64(0x9E3779B97F4A7C15)

Numbers = NDArray[Any]


def width(text: str) -> int:
    """Return how many characters a piece of a text has: 2 in Chinese, where most words have two and a changed character
    in a question of twenty leaves four fifths of the pieces; 5 elsewhere, as nearly every text has all short runs of letters.

    >>> width("高血压患者平时饮食上需要注意什么"), width("Which drug reverses heparin?")
    (2, 5)
    """
    begin = text[:_BEGIN]
    return 5 if begin.isascii() or len(_NO_HAN.sub("", begin)) <= _HAN_SHARE * len(begin) else 2


def pieces(text: str) -> frozenset[str]:
    """Return the runs of characters that a comparable text consists of; a text too short for one is its only piece.

    >>> sorted(pieces("高血压患"))
    ['压患', '血压', '高血']
    """
    text = text[:_LONGEST]
    size = width(text)
    shifted = (text[at:] for at in range(size))
    return frozenset(map("".join, zip(*shifted, strict=False))) or frozenset((text,))


class Compared(NamedTuple):
    """What a comparable text is compared by: its pieces, its numbers and telling signs, and whether it is as long as a case."""

    pieces: frozenset[str]
    telling: tuple[str, ...]
    is_case: bool


def look(text: str) -> Compared:
    """Return what a comparable text is compared by."""
    return Compared(pieces(text), tuple(_TELLING.findall(text)), len(text) >= _CASE[width(text)])


def alike(one: Compared, other: Compared, threshold: float) -> bool:
    """Return whether two texts share so much of their pieces.

    Those that differ in a number or a telling sign have to be as long as a case, and to share half of what is missing
    besides: a template that is filled with numbers makes as many questions, while a case whose patient is of another age
    is the same case.

    >>> alike(look("高血压患者平时饮食上需要注意什么问题"), look("高血压患者平时饮食上需要注意些什么问题"), 0.8)
    True
    >>> alike(look("whatisfactnumber10"), look("whatisfactnumber11"), 0.8)
    False
    """
    if one.telling != other.telling:
        threshold = (1 + threshold) / 2
        if not (one.is_case and other.is_case):
            return False
    return jaccard(one.pieces, other.pieces) >= threshold


def jaccard(one: frozenset[str], other: frozenset[str]) -> float:
    """Return the share of pieces that both have."""
    both = len(one & other)
    return both / (len(one) + len(other) - both)


def near_pairs(
    texts: Callable[[int], str],
    numbers: Sequence[int],
    threshold: float,
    most: int,
    check: Callable[[int], None] = lambda done: None,
) -> Iterator[tuple[int, int]]:
    """Yield pairs of texts that are alike; what is alike is connected by them, if not all of it by a pair of its own.

    Args:
        texts: gives back a comparable text by its number.
        numbers: the texts to look at, each once, in an order that their contents decide.
        most: the texts that one bucket may hold: more of them are made from a template.
        check: called now and then with the number of texts that are done; may raise.
    """
    rows = _rows_a_band(threshold)
    bands, low = _signatures(texts, numbers, rows, check)
    joined = _Joined(len(numbers))
    looked = lru_cache(maxsize=_REMEMBERED)(lambda at: look(texts(numbers[at])))
    for band in range(bands.shape[1]):
        check(len(numbers))
        pairs = _pairs(bands[:, band], most)
        if not len(pairs):
            continue
        agreed = (low[pairs[:, 0]] == low[pairs[:, 1]]).mean(axis=1)
        for one, other in pairs[agreed >= threshold - _SPREAD].tolist():
            roots = joined.root(one), joined.root(other)
            if roots[0] == roots[1]:
                continue
            # what is alike to a template's texts by its signature is one of them: nobody keeps these together anyway
            if max(joined.sizes[root] for root in roots) > most or alike(looked(one), looked(other), threshold):
                joined.join(*roots)
                yield numbers[one], numbers[other]


class _Joined:
    """Which texts are connected."""

    def __init__(self, count: int) -> None:
        self._above = list(range(count))
        self.sizes = [1] * count

    def root(self, at: int) -> int:
        above = self._above
        while above[at] != at:
            above[at] = above[above[at]]
            at = above[at]
        return at

    def join(self, one: int, other: int) -> None:
        """Connect two roots, the smaller below the larger."""
        if self.sizes[one] < self.sizes[other]:
            one, other = other, one
        self._above[other] = one
        self.sizes[one] += self.sizes[other]


def _rows_a_band(threshold: float) -> int:
    """Return how many numbers of a signature make a bucket: as many as still bring pairs at the threshold together."""
    fit = [rows for rows in range(1, 20) if 1 - (1 - threshold**rows) ** (_PERMUTATIONS // rows) >= _FOUND]
    return max(fit, default=1)


def _signatures(
    texts: Callable[[int], str], numbers: Sequence[int], rows: int, check: Callable[[int], None]
) -> tuple[Numbers, Numbers]:
    """Return the buckets of each text, one a band, and the lowest byte of each number of its signature."""
    bands = np.zeros((len(numbers), _PERMUTATIONS // rows), np.uint32)
    low = np.zeros((len(numbers), _PERMUTATIONS), np.uint8)
    factors = _FACTOR ** np.arange(1, rows + 1, dtype=np.uint64)
    for begin in range(0, len(numbers), _BATCH):
        check(begin)
        flat, offsets = _hashed([texts(number)[:_LONGEST] or "\0" for number in numbers[begin : begin + _BATCH]])
        matrix = RMinHash.digest_matrix_from_flat_token_hashes(flat, offsets, _PERMUTATIONS, _SEED)
        signatures = np.fromiter(chain.from_iterable(matrix.to_rows()), np.uint64).reshape(-1, _PERMUTATIONS)
        end = begin + len(signatures)
        low[begin:end] = signatures & np.uint64(0xFF)
        parts = signatures[:, : bands.shape[1] * rows].reshape(len(signatures), bands.shape[1], rows)
        mixed = (parts * factors).sum(axis=2, dtype=np.uint64)
        bands[begin:end] = (mixed ^ (mixed >> np.uint64(29))) >> np.uint64(32)
    return bands, low


def _hashed(texts: Sequence[str]) -> tuple[Numbers, Numbers]:
    """Return the pieces of texts as numbers, all in a row, and where those of each text begin and end.

    All texts are worked on at once, as one: the pieces that begin in one text and end in the next are left out. None of
    the texts is empty.
    """
    lengths = np.array([len(text) for text in texts])
    sizes = np.minimum([width(text) for text in texts], lengths)
    signs = np.frombuffer("".join(texts).encode("utf-32-le", "surrogatepass"), "<u4").astype(np.uint64)
    size = np.repeat(sizes, lengths)  # of the piece that begins at each sign
    value = size.astype(np.uint64)
    for at in range(int(sizes.max())):
        begins = np.flatnonzero(size[: len(signs) - at] > at)
        mixed = (value[begins] + signs[begins + at]) * _FACTOR
        value[begins] = mixed ^ (mixed >> np.uint64(32))
    ends = np.repeat(np.cumsum(lengths), lengths)
    inside = np.arange(len(signs)) + size <= ends
    offsets = np.zeros(len(texts) + 1, np.uint64)
    np.cumsum(lengths - sizes + 1, out=offsets[1:])
    return value[inside], offsets


def _pairs(bucket: Numbers, most: int) -> Numbers:
    """Return the pairs of texts to compare that one band brings together."""
    order = np.argsort(bucket, kind="stable")
    held = bucket[order]
    begins = np.flatnonzero(np.concatenate(([True], held[1:] != held[:-1])))
    sizes = np.diff(np.append(begins, len(held)))
    pairs: list[tuple[int, int]] = []
    for begin, size in zip(begins[sizes > 1].tolist(), sizes[sizes > 1].tolist(), strict=True):
        if size > most:
            continue
        members = order[begin : begin + size].tolist()
        if size <= _ALL_PAIRS:
            pairs += combinations(members, 2)
        else:
            pairs += [(members[0], other) for other in members[1:]]
            pairs += pairwise(members[1:])
    return np.array(pairs, np.int64).reshape(-1, 2)
