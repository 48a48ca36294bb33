"""The backends: one file each, whose name is the backend's, with a `BACKEND`."""

from __future__ import annotations

from studio.core.registry import Registry
from studio.core.text import Text
from studio.engines.base import Backend

BACKENDS: Registry[Backend] = Registry(__name__, "BACKEND", Text("engine", "引擎"), Backend)
