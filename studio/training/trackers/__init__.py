"""Where a training's figures go besides its run: one file a tracker, with a `TRACKER`."""

from __future__ import annotations

from studio.core.registry import Registry
from studio.core.text import Text
from studio.training.trackers.base import Tracker

TRACKERS: Registry[Tracker] = Registry(__name__, "TRACKER", Text("tracker", "指标记录"), Tracker)
