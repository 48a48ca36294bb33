"""Files of different rows in one dataset: questions and conversations become conversations, anything else stays apart."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from studio.data.conversion import Conversion
from studio.data.guess import Guess, guess
from studio.data.join import joined
from studio.data.raw import open_raw
from studio.data.recipe import DatasetRecipe
from studio.data.records.conversation import Conversation
from studio.data.records.question import Question


@dataclass(frozen=True)
class Mixture:
    """What several files were understood as before the first of them is read.

    Args:
        as_talk: whether the rows of all of them become conversations.
        guesses: of each file, how its rows are converted and what they were understood as, by its number.
    """

    as_talk: bool = False
    guesses: Mapping[int, tuple[Conversion, Guess]] = field(default_factory=dict)


def are_talks(guesses: Iterable[Guess]) -> bool:
    """Return whether the rows become conversations: some are, and the others are questions."""
    return {record for found in guesses for record in found.records} == {Question, Conversation}


def mixture_of(recipe: DatasetRecipe, files: Sequence[Path], seconds: Mapping[int, Path]) -> Mixture:
    """Look at the beginning of several files; a single one is looked at while it is read.

    Args:
        seconds: where the second files of the sources lie that are joined, by the source's number.

    Raises:
        InputError: a file cannot be read, or not be joined.
    """
    if len(files) < 2:
        return Mixture()
    guesses: dict[int, tuple[Conversion, Guess]] = {}
    for number, (source, file) in enumerate(zip(recipe.sources, files, strict=True)):
        rows = open_raw(file, source.reading).rows
        conversion = source.conversion(recipe.thought)
        found = guess(joined(rows, seconds[number], source.join) if source.join else rows, conversion, file.name)
        guesses[number] = conversion, found
    return Mixture(are_talks(found for _, found in guesses.values()), guesses)
