"""How fast something comes and how long it still takes, in one line."""

from __future__ import annotations

import time

from studio.core.amounts import duration, size
from studio.core.text import Text, both

BYTES = "bytes"
"""The unit of progress of what is loaded or written; it is shown as sizes, with a rate."""
_EVERY_S = 10.0


class Meter:
    """Makes a line of each report of progress: how far, how fast, how much longer.

    The pace is that since it began to count, so that what was there before does not flatter it.
    """

    def __init__(self) -> None:
        self._unit = ""
        self._first = 0
        self._began = 0.0

    def line(self, done: int, total: int, unit: str) -> Text:
        """Return the line; bytes with their rate, and the time left once a pace is known."""
        now = time.monotonic()
        if unit != self._unit or done < self._first:
            self._unit, self._first, self._began = unit, done, now
        if unit != BYTES:
            return both(f"{done}{f' / {total}' if total else ''} {unit}")
        told = both(f"{size(done)} / {size(total)}" if total else size(done))
        spent = now - self._began
        if done <= self._first or spent <= 0:
            return told
        rate = (done - self._first) / spent
        told = Text(*(f"{part} · {size(rate)}/s" for part in told))
        if not done < total:
            return told
        left = (total - done) / rate
        return Text(f"{told.en} · about {duration(left, 'en')} left", f"{told.zh} · 约剩 {duration(left, 'zh')}")


class Ticker:
    """Says how far a load is where lines cannot be written over: every ten seconds, and when it is done."""

    def __init__(self) -> None:
        self._meter = Meter()
        self._said = time.monotonic()

    def line(self, done: int, total: int, unit: str) -> Text | None:
        """Return the line that is due, if one is."""
        if unit != BYTES:
            return None
        told, now = self._meter.line(done, total, unit), time.monotonic()
        if now - self._said < _EVERY_S and not 0 < total <= done:
            return None
        self._said = now
        return told
