"""What a model learns from a dataset's rows: one file an objective, with an `OBJECTIVE`."""

from __future__ import annotations

from studio.core.registry import Registry
from studio.core.text import Text
from studio.training.objectives.base import Objective

OBJECTIVES: Registry[Objective] = Registry(__name__, "OBJECTIVE", Text("objective", "训练目标"), Objective)
