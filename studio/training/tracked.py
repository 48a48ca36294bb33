"""A reporter that tells trackers what is measured as well."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from studio.core.choice import Chosen
from studio.core.reporter import Reporter
from studio.core.text import Text
from studio.training.trackers import TRACKERS
from studio.training.trackers.base import Track

if TYPE_CHECKING:
    from studio.training.recipe import TrainRecipe


@contextmanager
def tracked(report: Reporter, chosen: Sequence[Chosen], recipe: TrainRecipe, folder: Path) -> Iterator[Reporter]:
    """Yield a reporter that tells another one, and the chosen trackers every metric.

    Raises:
        UnavailableError: a tracker cannot be reached.
    """
    with ExitStack() as stack:
        opened = [(TRACKERS.load(item.name), item.options) for item in chosen]
        tracks = [stack.enter_context(tracker.open(recipe, folder, options)) for tracker, options in opened]
        yield _Tracked(report, tracks) if tracks else report


class _Tracked:
    def __init__(self, report: Reporter, tracks: Sequence[Track]) -> None:
        self._tracks = tracks
        self._report = report
        self.stopping, self.leaving, self.check_stop = report.stopping, report.leaving, report.check_stop

    def stage(self, name: str, text: Text) -> None:
        self._report.stage(name, text)

    def progress(self, done: int, total: int, unit: str, saved: int | None = None) -> None:
        self._report.progress(done, total, unit, saved)

    def metric(self, step: int, values: Mapping[str, float]) -> None:
        self._report.metric(step, values)
        for track in self._tracks:
            track(step, values)

    def notice(self, text: Text) -> None:
        self._report.notice(text)
