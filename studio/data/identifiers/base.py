"""What a kind of personal identifier is: it finds where one stands in a text, and says what stands there instead."""

from __future__ import annotations

import random
from collections.abc import Callable, Iterable
from dataclasses import dataclass

from studio.core.text import Text


@dataclass(frozen=True)
class Identifier:
    """A kind of personal identifier.

    Args:
        title: what a user calls it.
        placeholder: what a masked text says in its place, without the brackets.
        find: yields where one begins and ends. It gets a text whose full-width digits, letters and dashes are plain
            ones, a character for a character, and it is called for every text, so it has to be quick where there is none.
        finds: texts, each with the identifier in it; also its test.
        passes: texts like them in which there is none.
        other: makes another identifier of the form of one, for the probe of a model's weights. Only chance may tell the two
            apart, so they differ in digits that say nothing of themselves; None where this one has none, and no function
            where no identifier of the kind has.
        columns: what files call a column in which every value is one, whatever it looks like.
        order: where two kinds find the same piece, the one with the lower order has it.
    """

    title: Text
    placeholder: Text
    find: Callable[[str], Iterable[tuple[int, int]]]
    finds: tuple[tuple[str, str], ...]
    passes: tuple[str, ...]
    other: Callable[[str, random.Random], str | None] | None = None
    columns: tuple[str, ...] = ()
    order: int = 100
