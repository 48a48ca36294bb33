"""Files of one record a line, looked through once in the background, and read only where somebody looks."""

from __future__ import annotations

import json
import threading
import time
from array import array
from collections import OrderedDict
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import orjson

Facets = Callable[[dict[str, Any] | None], Sequence[str]]
"""What a record says of itself that rows are chosen by; of a line that is no record, it is given None."""

_BLOCK = 2_000  # lines between two looks at whether to go on
_ABANDONED_S = 4.0  # a search that nobody has asked for so long has been given up
_WAIT_S = 0.15  # what is found within this is in the first answer
_MOST = 8


class Lines:
    """Where each line of a file begins, and its facets; empty lines are none.

    A thread goes through the file. Until it is done, there is what it has found so far.
    """

    def __init__(self, path: Path, facets: Facets, width: int) -> None:
        self.path = path
        self.done = threading.Event()
        self.stopped = threading.Event()
        self._facets = facets
        self._starts = array("Q")
        self._codes = [array("I") for _ in range(width)]
        self._values: list[dict[str, int]] = [{} for _ in range(width)]
        self._count = 0
        self._size = max(1, path.stat().st_size)
        self._seen = 0
        threading.Thread(target=self._look_through, daemon=True).start()

    def __len__(self) -> int:
        return self._count

    @property
    def share(self) -> float:
        """How much of the file has been looked through, from 0 to 1."""
        return 1.0 if self.done.is_set() else min(1.0, self._seen / self._size)

    def codes(self, facet: int) -> npt.NDArray[np.uint32]:
        """Return a facet of each line, as the place of its value in `values`."""
        return np.array(self._codes[facet][: self._count], dtype=np.uint32)

    def values(self, facet: int) -> list[str]:
        """Return the values a facet has, in the order in which they first stood in the file."""
        return list(self._values[facet])

    def lengths(self) -> npt.NDArray[np.int64]:
        """Return how many bytes each line has, with its end and what is empty behind it."""
        starts = np.array(self._starts[: self._count], dtype=np.int64)
        return np.diff(starts, append=self._size)

    def read(self, numbers: Sequence[int]) -> list[bytes]:
        """Return lines by their numbers, from 0, without their ends; nothing for those that are gone."""
        found = []
        with self.path.open("rb") as stream:
            for number in numbers:
                stream.seek(self._starts[number])
                found.append(stream.readline().rstrip(b"\r\n"))
        return found

    def _look_through(self) -> None:
        try:
            for number, (start, line) in enumerate(_lines(self.path)):
                self._starts.append(start)
                for codes, values, value in zip(self._codes, self._values, self._facets(record(line)), strict=True):
                    codes.append(values.setdefault(value, len(values)))
                if number % _BLOCK == 0:
                    if self.stopped.is_set():
                        return
                    self._count, self._seen = len(self._starts), start
                    time.sleep(0)
        except OSError:  # taken away meanwhile: what was found stands
            pass
        self._count = len(self._starts)
        self.done.set()


class Search:
    """The numbers of the lines that hold all of some words in what they say, found by a thread, in order."""

    def __init__(self, lines: Lines, words: Sequence[str]) -> None:
        self.done = threading.Event()
        self.stopped = threading.Event()
        self.asked = time.monotonic()
        self._lines = lines
        self._words = words
        self._found = array("Q")
        self._looked = 0
        threading.Thread(target=self._look, daemon=True).start()

    @property
    def share(self) -> float:
        return 1.0 if self.done.is_set() else min(0.99, self._looked / max(1, len(self._lines))) * self._lines.share

    def found(self) -> npt.NDArray[np.int64]:
        return np.array(self._found[: len(self._found)], dtype=np.int64)

    def _look(self) -> None:
        try:
            for number, (_, line) in enumerate(_lines(self._lines.path)):
                if holds(said(record(line), line), self._words):
                    self._found.append(number)
                if number % _BLOCK == 0:
                    self._looked = number
                    if self.stopped.is_set() or time.monotonic() - self.asked > _ABANDONED_S:
                        self.stopped.set()
                        return
                    time.sleep(0)
        except OSError:
            pass
        self.done.set()


@dataclass
class LineCache:
    """The few files that are being looked at, and what is being searched in them. All of it can be found again."""

    _files: OrderedDict[tuple[str, Path, int, int], Lines] = field(default_factory=OrderedDict)
    _searches: OrderedDict[tuple[int, tuple[str, ...]], Search] = field(default_factory=OrderedDict)
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def lines(self, name: str, path: Path, facets: Facets, width: int) -> Lines:
        """Return what is known of a file as it is now; one that has changed is looked through anew.

        Args:
            name: what the facets are, for one file may be looked at in several ways.

        Raises:
            OSError: there is no such file.
        """
        stat = path.stat()
        key = (name, path, stat.st_size, stat.st_mtime_ns)
        with self._lock:
            lines = self._files[key] if key in self._files else Lines(path, facets, width)
            _keep(self._files, key, lines)
        lines.done.wait(_WAIT_S)
        return lines

    def search(self, lines: Lines, words: Sequence[str]) -> Search:
        """Return a search under way or done; what is not asked for any more ends by itself."""
        key = (id(lines), tuple(words))
        with self._lock:
            search = self._searches.get(key)
            if search is None or search.stopped.is_set():
                search = Search(lines, words)
            search.asked = time.monotonic()
            _keep(self._searches, key, search)
        search.done.wait(_WAIT_S)
        return search


def _keep(kept: OrderedDict[Any, Any], key: Any, value: Any) -> None:
    kept[key] = value
    kept.move_to_end(key)
    while len(kept) > _MOST:
        kept.popitem(last=False)[1].stopped.set()


def record(line: bytes) -> dict[str, Any] | None:
    """Return a line's JSON object; None where it is none."""
    try:
        value = orjson.loads(line)
    except orjson.JSONDecodeError:
        try:  # half a character, written as JSON escapes it
            value = orjson.loads(json.dumps(json.loads(line), ensure_ascii=False).encode(errors="replace"))
        except (ValueError, RecursionError):
            return None
    return value if isinstance(value, dict) else None


def said(value: dict[str, Any] | None, line: bytes) -> str:
    """Return all that a record says, without its keys; of a line that is none, the line."""
    if value is None:
        return line.decode(errors="replace").casefold()
    return "\n".join(_texts(value)).casefold()


def holds(text: str, words: Sequence[str]) -> bool:
    """Tell whether a casefolded text holds every one of some casefolded words."""
    return all(word in text for word in words)


def _texts(value: Any) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict):
        for inside in value.values():
            yield from _texts(inside)
    elif isinstance(value, list):
        for inside in value:
            yield from _texts(inside)


def _lines(path: Path) -> Iterator[tuple[int, bytes]]:
    start = 0
    with path.open("rb") as stream:
        for line in stream:
            if line.strip():
                yield start, line
            start += len(line)
