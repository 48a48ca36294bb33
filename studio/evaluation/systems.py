"""Who is asked: every model, in every mode."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from studio.answering.modes import MODES
from studio.answering.modes.base import Prompt
from studio.answering.system import System
from studio.core.choice import Chosen
from studio.core.errors import InputError
from studio.core.files import is_name
from studio.core.records import DEFAULT_TOP_K
from studio.core.text import Text
from studio.data.prompt import ask
from studio.data.records.question import Question


def systems_of(
    models: Sequence[str], modes: Sequence[Chosen], knowledge: str, top_k: int = DEFAULT_TOP_K
) -> list[System[Question]]:
    """Return the systems in the recipe's order, a model's modes side by side; what is named twice is asked once.

    Raises:
        InputError: a mode that retrieves, without a knowledge base.
    """
    retrieving = {mode.name for mode in modes if MODES.load(mode.name).retrieves}
    if retrieving and not knowledge:
        names = ", ".join(sorted(retrieving))
        raise InputError(
            Text(f"is empty, and the modes include {names}", f"没有填写，而提问方式里有 {names}"),
            Text(
                f"Name a knowledge base, or take {names} out of `modes`.",
                f"请填写知识库，或从 `modes` 中去掉 {names}。",
            ),
            "knowledge",
        )
    labels: dict[str, str] = {}
    for given in models:
        short = _label(given)
        labels.setdefault(given, given if short in labels.values() else short)
    fields = {given: f"models.{models.index(given)}" for given in labels}
    return [
        System(
            labels[given],
            exam,
            mode.name,
            knowledge if mode.name in retrieving else "",
            top_k,
            fields[given],
            mode.options,
        )
        for given in labels
        for mode in {mode.name: mode for mode in modes}.values()
    ]


def exam(question: Question) -> Prompt:
    """Return how a question is asked: passages are looked up by its stem alone, not by its options."""
    return Prompt(ask(question), question.stem)


def _label(given: str) -> str:
    """Return a short label: names and hub ids as they are, of a path its last part that says something."""
    if is_name(given) or (given.count("/") == 1 and given[0] not in "./~"):
        return given
    path = Path(given)
    return path.parent.name if path.name == "model" else path.name
