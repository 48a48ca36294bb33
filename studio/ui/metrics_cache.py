"""The courses of runs' metrics, read on from where the last look ended."""

from __future__ import annotations

import threading
from collections import OrderedDict
from dataclasses import dataclass, field

from studio.runs.directory import Run
from studio.runs.events import read_events
from studio.runs.view import series

Courses = dict[str, dict[int, float]]
_MOST = 16


@dataclass
class _Entry:
    offset: int = 0
    courses: Courses = field(default_factory=dict)


class MetricsCache:
    """Follows the events of the few runs that somebody looks at; a long training is not read anew every second.

    Nothing here is needed: what is forgotten is read again from the run's directory.
    """

    def __init__(self) -> None:
        self._entries: OrderedDict[str, _Entry] = OrderedDict()
        self._lock = threading.Lock()

    def courses(self, run: Run) -> dict[str, list[tuple[int, float]]]:
        """Return each metric's course as `(step, value)` pairs, as it stands now."""
        with self._lock:
            entry = self._entries.setdefault(run.id, _Entry())
            self._entries.move_to_end(run.id)
            if len(self._entries) > _MOST:
                self._entries.popitem(last=False)
            if run.events_file.exists() and run.events_file.stat().st_size < entry.offset:
                entry.offset, entry.courses = 0, {}  # begun anew
            events, entry.offset = read_events(run.events_file, entry.offset)
            for name, pairs in series(events).items():
                entry.courses.setdefault(name, {}).update(pairs)
            return {name: sorted(course.items()) for name, course in entry.courses.items()}
