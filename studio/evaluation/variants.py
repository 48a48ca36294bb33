"""Random identifiers that only chance tells from a true one, as its kind makes them."""

from __future__ import annotations

import random

from studio.data.masking import kinds


def variants(kind: str, value: str, count: int, rng: random.Random) -> list[str]:
    """Return different identifiers of the form of one, and not it; none where chance alone would not tell them from it."""
    other_of = kinds()[kind].other
    if other_of is None:
        return []
    found: dict[str, None] = {}
    for _ in range(4 * count):
        other = other_of(value, rng)
        if other is None:
            return []
        if other.upper() != value.upper():
            found.setdefault(other)
        if len(found) == count:
            break
    return list(found)
