"""What measured and counted things are called. A name that no kind has words for is shown as it is written."""

from __future__ import annotations

from studio.core.text import Language
from studio.runs.kind import Measures
from studio.runs.kinds import KINDS
from studio.scoring.flags import FLAGS
from studio.scoring.scorers import SCORERS


def measures(kind: str) -> Measures:
    """Return what runs of a kind measure; nothing where this studio has no such kind."""
    found = KINDS.find(kind)
    return found.measures if found else Measures()


def metric_name(kind: str, name: str, language: Language) -> str:
    """Return the label of a metric of a kind's runs."""
    words = measures(kind).metrics.get(name)
    return words.to(language) if words else score_name(name, language)


def score_name(name: str, language: Language) -> str:
    """Return the label of a score or a flag: the report's own title."""
    scorer = SCORERS.find(name)
    if scorer is not None:
        return scorer.title.to(language)
    return FLAGS[name].title.to(language) if name in FLAGS else name.replace("_", " ")


def score_help(name: str, language: Language) -> str:
    """Return what a score or a flag is, in a sentence; empty where nothing here knows it."""
    scorer = SCORERS.find(name)
    if scorer is not None:
        return scorer.help.to(language)
    return FLAGS[name].help.to(language) if name in FLAGS else ""
