"""Which texts hold an n-gram: an inverted index in four arrays."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from studio.data.leaks.grams import Grams, Hashes, Numbers

_BITS = 22


@dataclass(frozen=True)
class Hits:
    """Where n-grams of looked-at texts stand in indexed ones, a line for each pair.

    Args:
        texts: the number of the looked-at text.
        probes: the number of the indexed text.
        places: of the n-gram in the indexed text.
        known: the looked-at text of each n-gram that any indexed text holds.
    """

    texts: Numbers
    probes: Numbers
    places: Numbers
    known: Numbers


class Postings:
    """The n-grams of the indexed texts, each with the texts that hold it; one that a text holds twice counts once."""

    def __init__(self, grams: Grams) -> None:
        order = np.lexsort((grams.places, grams.owners, grams.hashes))
        hashes, owners, places = (part[order] for part in (grams.hashes, grams.owners, grams.places))
        fresh = np.ones(len(hashes), dtype=bool)
        fresh[1:] = (hashes[1:] != hashes[:-1]) | (owners[1:] != owners[:-1])
        self._probes, self._places = owners[fresh].astype(np.int32), places[fresh].astype(np.int32)
        self._keys: Hashes
        self._keys, self._firsts = np.unique(hashes[fresh], return_index=True)
        self._counts = np.diff(np.append(self._firsts, len(self._probes)))
        self._maybe = np.zeros(1 << _BITS, dtype=bool)
        self._maybe[_slots(self._keys)] = True

    def hits(self, grams: Grams) -> Hits:
        """Return where n-grams stand."""
        may = np.flatnonzero(self._maybe[_slots(grams.hashes)])
        if not len(may) or not len(self._keys):
            none = np.zeros(0, dtype=np.int64)
            return Hits(none, none, none, none)
        at = np.minimum(np.searchsorted(self._keys, grams.hashes[may]), len(self._keys) - 1)
        right = self._keys[at] == grams.hashes[may]
        at, may = at[right], may[right]
        counts = self._counts[at]
        begins = np.repeat(self._firsts[at] - np.append(0, np.cumsum(counts)[:-1]), counts)
        lines = begins + np.arange(counts.sum())
        known = grams.owners[may]
        return Hits(np.repeat(known, counts), self._probes[lines].astype(np.int64), self._places[lines], known)


def rare_enough(grams: Grams, texts: int, most: int, least: npt.NDArray[np.int64]) -> npt.NDArray[np.bool_]:
    """Return which of the n-grams are worth an index: those that few texts hold, and of each text so many of its rarest.

    Args:
        texts: how many there are.
        most: texts that hold an n-gram that is rare.
        least: how many of a text's n-grams must be indexed, however common.
    """
    _, codes = np.unique(grams.hashes, return_inverse=True)
    pairs = np.unique(codes.astype(np.int64) * texts + grams.owners)
    held = np.bincount(pairs // max(1, texts), minlength=int(codes.max(initial=-1)) + 1)
    kept = held <= most
    owners, own = pairs % max(1, texts), pairs // max(1, texts)
    order = np.lexsort((held[own], owners))
    owners, own = owners[order], own[order]
    rank = np.arange(len(owners)) - np.searchsorted(owners, owners)
    kept[own[rank < least[owners]]] = True
    chosen: npt.NDArray[np.bool_] = kept[codes]
    return chosen


def _slots(hashes: Hashes) -> npt.NDArray[np.int64]:
    return (hashes >> np.uint64(64 - _BITS)).astype(np.int64)
