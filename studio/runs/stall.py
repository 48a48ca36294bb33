"""Whether a run at work has been silent for much longer than it ever was: it may hang, and nobody would be told."""

from __future__ import annotations

import time
from collections.abc import Iterable
from dataclasses import dataclass
from functools import lru_cache
from itertools import pairwise
from pathlib import Path

from studio.core.amounts import duration
from studio.core.text import Text
from studio.core.timing import shown
from studio.runs.directory import Run
from studio.runs.events import read_events
from studio.runs.kinds import KINDS

LEAST_S = 600.0
"""Seconds of silence below which no run is called stalled: a large model loads for minutes."""
_TIMES = 10


@dataclass(frozen=True)
class Silence:
    """How long a run at work has told nothing.

    Args:
        since: when its events or its log said something last; seconds since the epoch.
        usual_s: the longest that it was silent before, in seconds; 0 where it never said two things.
    """

    since: float
    usual_s: float

    @property
    def words(self) -> Text:
        """What is wrong, and what to look at."""
        rhythm = Text("", "")
        if self.usual_s:
            rhythm = Text(
                f" It was never silent for longer than {duration(self.usual_s, 'en')} before.",
                f"此前两次消息最长相隔 {duration(self.usual_s, 'zh')}。",
            )
        return Text(
            f"Stalled, it seems: silent since {shown(self.since)}.{rhythm.en} Look at the end of its log. If it hangs, stop it "
            "(End now, where it does not answer) and resume it: it goes on from what it saved last.",
            f"可能已卡住：自 {shown(self.since)} 起没有任何消息。{rhythm.zh}请先查看日志末尾；如果确实卡住，请先停止"
            "（没有反应时选“强制结束”），再点“继续”，会从最近一次保存处接着运行。",
        )

    def dump(self) -> dict[str, object]:
        """Return what `show --json` holds."""
        return {"since": self.since, "usual_s": self.usual_s, **self.words.dump()}


def silence(run: Run, now: float | None = None) -> Silence | None:
    """Return how long a running run has been silent, where that is out of its rhythm; None otherwise.

    A run that spoke lately costs the look at two files' times, and nothing of them is read. Servers are silent while
    nobody asks, and whoever starts runs while these work.

    Args:
        now: seconds since the epoch; None: the present.
    """
    now = time.time() if now is None else now
    process, kind = run.process(), KINDS.find(run.kind)
    if process is None or kind is None or kind.stays_up or kind.starts_runs:
        return None
    events_ns = _changed_ns(run.events_file)
    since = max(process.created, events_ns / 1e9, _changed_ns(run.log_file) / 1e9)
    if now - since < LEAST_S:
        return None
    usual_s = _usual(run.events_file, events_ns, process.created)
    return Silence(round(since, 3), round(usual_s, 3)) if now - since >= _longest(usual_s) else None


def usual_gap(times: Iterable[float]) -> float:
    """Return the longest silence between moments in their order, those left out that were out of rhythm themselves.

    >>> usual_gap([0, 1, 2, 120, 121]), usual_gap([0, 1, 4000, 4001]), usual_gap([])
    (118, 1, 0.0)
    """
    usual = 0.0
    for before, after in pairwise(times):
        if usual < after - before < _longest(usual):
            usual = after - before
    return usual


def _longest(usual_s: float) -> float:
    return max(LEAST_S, _TIMES * usual_s)


def _changed_ns(path: Path) -> int:
    try:
        return path.stat().st_mtime_ns
    except FileNotFoundError:
        return 0


@lru_cache(maxsize=64)  # a silent file does not change: it is read once
def _usual(path: Path, changed_ns: int, began: float) -> float:
    """Return the rhythm of a run since its process began: the time between a stop and a resume is none of it."""
    return usual_gap([began, *(event["time"] for event in read_events(path)[0] if event["time"] >= began)])
