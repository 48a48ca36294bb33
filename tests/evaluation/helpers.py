"""What several tests of evaluations share."""

from __future__ import annotations

from studio.core.choice import Chosen


def modes(*names: str) -> list[Chosen]:
    """Return modes by their names, each with its usual options."""
    return [Chosen(name) for name in names]
