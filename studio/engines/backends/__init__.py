"""The backends: one file each, whose name is the backend's, and which loads its libraries only when it is used."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from studio.core.registry import Registry
from studio.core.text import Text

BACKENDS: Registry[Callable[..., Any]] = Registry(__name__, "ENGINE", Text("engine", "引擎"))
"""Makers of engines, by name. One whose model is in this process takes its folder and the longest context, and gives a
`studio.engines.base.LoadedEngine`; `remote` takes a URL."""
