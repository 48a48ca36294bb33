"""The questions of test sets, and the rows that give them away.

A row is looked at whole: what it asks, the passages that come with it, and the answers that it teaches.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from itertools import groupby, pairwise

import numpy as np

from studio.data.leaks.grams import Folded, Grams, Numbers
from studio.data.leaks.leak import (
    ANSWER,
    CONTAINED,
    CONTEXT,
    EXACT,
    NEAR,
    NEAR_FROM,
    OVERLAP,
    OVERLAP_FROM,
    QUESTION,
    Leak,
)
from studio.data.leaks.postings import Postings, rare_enough
from studio.data.normal import marks
from studio.data.records.base import Row
from studio.data.records.question import Question

_CHARACTERS, _WORDS = 4, 13  # of a gram; 13 words: Brown et al. 2020, arXiv:2005.14165, appendix C
_TELLING = 8.0  # words; a text of fewer tells no question from another
_HAN_A_WORD = 1.5
_SHORTEST = 8  # characters of a text that may hold a question
_RARE = 20  # test questions
_BATCH = 400_000  # characters
_HAN = re.compile("[\u3400-\u9fff]")
_WORD = re.compile("[^\\W_\u3400-\u9fff]+")


@dataclass
class _RowTexts:
    """The texts of a few rows that may hold a question, whose each is, and where it stands there."""

    rows: list[Row] = field(default_factory=list)
    texts: list[str] = field(default_factory=list)
    owners: list[int] = field(default_factory=list)
    places: list[str] = field(default_factory=list)
    size: int = 0

    def add(self, row: Row) -> None:
        own = len(self.rows)
        self.rows.append(row)
        asked = _asked(row)
        self._put(own, asked, QUESTION)
        contexts = set(row.asked)
        for text in dict.fromkeys(row.texts()):
            if len(text) >= _SHORTEST and text != asked:
                self._put(own, text, CONTEXT if text in contexts else ANSWER)

    def _put(self, own: int, text: str, place: str) -> None:
        self.texts.append(text)
        self.owners.append(own)
        self.places.append(place)
        self.size += len(text)


class LeakIndex:
    """Questions of test sets, ready to be found in rows. Takes memory by their number, whatever it is compared with.

    Args:
        probes: rows whose questions are looked for; a leak calls one by its number here.
        near: how alike two questions are that count as near-duplicates: Jaccard of their character 4-grams.
        overlap: the least share of a test question that shared 13-grams cover.
    """

    def __init__(self, probes: Sequence[Row], near: float = NEAR_FROM, overlap: float = OVERLAP_FROM) -> None:
        self._near, self._overlap = near, overlap
        self._exact: dict[bytes, list[int]] = {}
        for number, probe in enumerate(probes):
            self._exact.setdefault(marks(probe).split, []).append(number)
        asked = [text if _is_telling(text) else "" for text in map(_asked, probes)]
        folded = Folded(asked)
        self._texts = [folded.text(number) for number in range(len(asked))]
        self._grams: dict[int, frozenset[str]] = {}
        grams = folded.characters(_CHARACTERS)
        whole = _distinct(grams, len(asked))
        spare = whole - np.ceil(near * whole).astype(np.int64)  # a near-duplicate may lack so many
        chosen = grams.only(rare_enough(grams, len(asked), _RARE, spare + 1))
        self._indexed = _distinct(chosen, len(asked))
        self._enough = np.maximum(1, self._indexed - spare)
        self._short = Postings(chosen)
        self._words = folded.word_counts()
        self._long = Postings(folded.words(_WORDS))

    def find(self, row: Row) -> Leak | None:
        """Return the strongest leak of a row; None where it gives no test question away."""
        return min(next(self.search([row]))[1], key=lambda leak: leak.strength, default=None)

    def search(self, rows: Iterable[Row]) -> Iterator[tuple[Row, list[Leak]]]:
        """Yield every row, in order, with a leak for each test question that it gives away."""
        batch = _RowTexts()
        for row in rows:
            batch.add(row)
            if batch.size >= _BATCH:
                yield from self._found(batch)
                batch = _RowTexts()
        yield from self._found(batch)

    def _found(self, batch: _RowTexts) -> Iterator[tuple[Row, list[Leak]]]:
        found: list[dict[int, Leak]] = [{} for _ in batch.rows]
        for own, row in enumerate(batch.rows):
            for probe in self._exact.get(marks(row).split, ()):
                found[own][probe] = Leak(probe, EXACT, 1.0, QUESTION)
        folded = Folded(batch.texts)
        for text, leak in (*self._by_characters(batch, folded), *self._by_words(batch, folded)):
            own = batch.owners[text]
            held = found[own].get(leak.probe)
            if held is None or leak.strength < held.strength:
                found[own][leak.probe] = leak
        for row, leaks in zip(batch.rows, found, strict=True):
            yield row, list(leaks.values())

    def _by_characters(self, batch: _RowTexts, folded: Folded) -> Iterator[tuple[int, Leak]]:
        """Yield what is contained or a near-duplicate, with the number of its text."""
        hits = self._short.hits(folded.characters(_CHARACTERS))
        keys, counts = np.unique(hits.texts * max(1, len(self._texts)) + hits.probes, return_counts=True)
        texts, probes = np.divmod(keys, max(1, len(self._texts)))
        known = np.bincount(hits.known, minlength=len(batch.texts))
        asks = np.array([place == QUESTION for place in batch.places], dtype=bool)[texts]
        may = counts >= self._indexed[probes]
        may |= asks & ((counts >= self._enough[probes]) | (counts >= known[texts]))
        for text, probe in zip(texts[may].tolist(), probes[may].tolist(), strict=True):
            leak = self._compared(batch, text, folded.text(text), probe)
            if leak is not None:
                yield text, leak

    def _compared(self, batch: _RowTexts, text: int, here: str, probe: int) -> Leak | None:
        there, place = self._texts[probe], batch.places[text]
        if there in here:
            return Leak(probe, CONTAINED, round(len(there) / len(here), 3), place)
        if place != QUESTION:
            return None
        if here in there and _is_telling(batch.texts[text]):
            return Leak(probe, CONTAINED, round(len(here) / len(there), 3), place)
        if min(len(here), len(there)) < 0.5 * self._near * max(len(here), len(there)):  # no need to count
            return None
        mine, its = _grams(here), self._grams_of(probe)
        shared = len(mine & its)
        alike = shared / max(1, len(mine) + len(its) - shared)
        return Leak(probe, NEAR, round(alike, 3), place) if alike >= self._near else None

    def _grams_of(self, probe: int) -> frozenset[str]:
        if probe not in self._grams:
            self._grams[probe] = frozenset(_grams(self._texts[probe]))
        return self._grams[probe]

    def _by_words(self, batch: _RowTexts, folded: Folded) -> Iterator[tuple[int, Leak]]:
        """Yield what shares enough 13-grams, with the number of its text."""
        hits = self._long.hits(folded.words(_WORDS))
        lines = sorted(set(zip(hits.texts.tolist(), hits.probes.tolist(), hits.places.tolist(), strict=True)))
        for (text, probe), group in groupby(lines, key=lambda line: line[:2]):
            share = _covered([place for *_, place in group]) / int(self._words[probe])
            if share >= self._overlap:
                yield text, Leak(probe, OVERLAP, round(share, 3), batch.places[text])


def _asked(row: Row) -> str:
    """Return what a row asks; a short stem goes with its options, in any order."""
    first = row.asked[0] if isinstance(row, Question) else row.shared
    if not (isinstance(row, Question) and row.options) or _is_telling(first):
        return first
    return "\n".join((first, *sorted(row.options.values())))


def _is_telling(text: str) -> bool:
    """Return whether a text is long enough to be told from others; two Chinese characters count as a word or so."""
    return len(_HAN.findall(text)) / _HAN_A_WORD + len(_WORD.findall(text)) >= _TELLING


def _grams(text: str) -> set[str]:
    return {text[place : place + _CHARACTERS] for place in range(len(text) - _CHARACTERS + 1)}


def _covered(places: Sequence[int]) -> int:
    """Return how many words 13-grams cover that begin at some places, in order."""
    return _WORDS + sum(min(_WORDS, after - before) for before, after in pairwise(places))


def _distinct(grams: Grams, count: int) -> Numbers:
    """Return how many different n-grams each of so many texts has."""
    order = np.lexsort((grams.hashes, grams.owners))
    hashes, owners = grams.hashes[order], grams.owners[order]
    fresh = np.ones(len(hashes), dtype=bool)
    fresh[1:] = (hashes[1:] != hashes[:-1]) | (owners[1:] != owners[:-1])
    return np.bincount(owners[fresh], minlength=count)
