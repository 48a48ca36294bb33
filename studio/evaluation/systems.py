"""Who is asked: every model, in every mode."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from studio.core.errors import InputError
from studio.core.files import is_name
from studio.core.text import Text
from studio.evaluation.recipe import Mode


@dataclass(frozen=True)
class System:
    """A model asked in one mode.

    Args:
        model: what the report calls the model.
        mode: how it is asked.
        field: the recipe field that names it, `models.0`.
    """

    model: str
    mode: Mode
    field: str

    @property
    def name(self) -> str:
        return f"{self.model}:{self.mode}"


def systems_of(models: Sequence[str], ways: Sequence[Mode], knowledge: str) -> list[System]:
    """Return the systems in the recipe's order, a model's modes side by side; what is named twice is asked once.

    Raises:
        InputError: rag without a knowledge base.
    """
    if "rag" in ways and not knowledge:
        raise InputError(
            Text("is empty, and the ways of asking include rag", "没有填写，而提问方式里有 rag"),
            Text("Name a knowledge base, or take rag out of `ways`.", "请填写知识库，或从 `ways` 中去掉 rag。"),
            "knowledge",
        )
    labels: dict[str, str] = {}
    for given in models:
        short = _label(given)
        labels.setdefault(given, given if short in labels.values() else short)
    fields = {given: f"models.{models.index(given)}" for given in labels}
    return [System(labels[given], mode, fields[given]) for given in labels for mode in dict.fromkeys(ways)]


def _label(given: str) -> str:
    """Return a short label: names and hub ids as they are, of a path its last part that says something."""
    if is_name(given) or (given.count("/") == 1 and given[0] not in "./~"):
        return given
    path = Path(given)
    return path.parent.name if path.name == "model" else path.name
