"""One file a way of cutting documents into passages, with a `CHUNKER`."""

from __future__ import annotations

from studio.core.registry import Registry
from studio.core.text import Text
from studio.knowledge.chunkers.base import Chunker

CHUNKERS: Registry[Chunker] = Registry(__name__, "CHUNKER", Text("chunker", "切分方式"), Chunker)
