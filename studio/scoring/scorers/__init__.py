"""How an answer is marked: one file a scorer. A usual one is a new column of every report it applies to."""

from __future__ import annotations

from collections.abc import Sequence

from studio.core.choice import Chosen
from studio.core.registry import Registry
from studio.core.text import Text
from studio.scoring.base import Marker, Scorer

SCORERS: Registry[Scorer] = Registry("studio.scoring.scorers", "SCORER", Text("scorer", "评分方式"), Scorer)


def markers(chosen: Sequence[Chosen] = ()) -> dict[str, Marker]:
    """Return the scorers that were chosen, else every usual one, by name, in the order in which reports show them."""
    named = chosen or [Chosen(name, scorer.options()) for name, scorer in SCORERS.all().items() if scorer.usual]
    found = {item.name: Marker(item.name, SCORERS.load(item.name), item.options) for item in named}
    return dict(sorted(found.items(), key=lambda item: (item[1].scorer.rank, item[0])))
