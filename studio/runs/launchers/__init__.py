"""How a run's worker is started: one file a launcher, with a `LAUNCHER`."""

from __future__ import annotations

from studio.core.registry import Registry
from studio.core.text import Text
from studio.runs.launchers.base import Launcher

LAUNCHERS: Registry[Launcher] = Registry(__name__, "LAUNCHER", Text("launcher", "启动方式"), Launcher)
