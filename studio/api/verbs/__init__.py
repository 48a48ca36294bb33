"""The verbs: one file for each sort of thing that can be asked for, found by discovery."""

from __future__ import annotations

from collections.abc import Sequence

from studio.api.base import Verb
from studio.core.registry import Registry
from studio.core.text import Text

VERBS: Registry[Sequence[Verb]] = Registry(__name__, "VERBS", Text("verb", "接口"))
