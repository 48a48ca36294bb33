"""How an answer is marked: one file a scorer. A new file here is a new column of every report it applies to."""

from studio.core.registry import Registry
from studio.core.text import Text
from studio.scoring.base import Scorer

SCORERS: Registry[Scorer] = Registry("studio.scoring.scorers", "SCORER", Text("scorer", "评分方式"), Scorer)


def ranked() -> dict[str, Scorer]:
    """Return every scorer by name, in the order reports show them."""
    return dict(sorted(SCORERS.all().items(), key=lambda item: item[1].rank))
