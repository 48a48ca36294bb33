"""The courses of runs' metrics, read on from where the last look ended."""

from __future__ import annotations

import threading
from collections import OrderedDict
from collections.abc import Sequence
from dataclasses import dataclass, field

from studio.runs.directory import Run
from studio.runs.events import Event, read_events
from studio.runs.view import series

Courses = dict[str, dict[int, float]]
_MOST = 16


@dataclass
class _Entry:
    offset: int = 0
    courses: Courses = field(default_factory=dict)
    seconds: dict[int, float] = field(default_factory=dict)
    first_stage: str = ""
    began: float = 0.0
    last: float = 0.0

    def add(self, events: Sequence[Event]) -> None:
        """Take in what a run has said since."""
        for name, pairs in series(events).items():
            self.courses.setdefault(name, {}).update(pairs)
        for event in events:
            if not self.last:
                self.began, self.first_stage = event["time"], str(event.get("name", ""))
            elif event["type"] == "stage" and event.get("name") == self.first_stage:
                self.began += event["time"] - self.last  # it was stopped in between
            self.last = event["time"]
            if event["type"] == "metric":
                self.seconds[event["step"]] = event["time"] - self.began


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
            return {name: sorted(course.items()) for name, course in self._followed(run).courses.items()}

    def seconds(self, run: Run) -> dict[int, float]:
        """Return how long the run had worked at each measured step; the time between a stop and a resume does not count."""
        with self._lock:
            return dict(self._followed(run).seconds)

    def _followed(self, run: Run) -> _Entry:
        entry = self._entries.setdefault(run.id, _Entry())
        self._entries.move_to_end(run.id)
        if len(self._entries) > _MOST:
            self._entries.popitem(last=False)
        if run.events_file.exists() and run.events_file.stat().st_size < entry.offset:
            entry = self._entries[run.id] = _Entry()  # begun anew
        events, entry.offset = read_events(run.events_file, entry.offset)
        entry.add(events)
        return entry
