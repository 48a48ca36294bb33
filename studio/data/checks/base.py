"""What a check is: it looks at one row, says what is wrong with it, and may know how to put it right."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal

from studio.core.text import Text
from studio.data.records.base import Row

Action = Literal["count", "fix", "drop", "off"]

ACTIONS: dict[Action, Text] = {
    "count": Text("Count only", "仅统计"),
    "fix": Text("Fix", "修正"),
    "drop": Text("Drop the row", "丢弃该行"),
    "off": Text("Off", "关闭"),
}
"""What a recipe may have done where a check finds something."""


def holds(text: str, signs: tuple[str, ...]) -> bool:
    """Return whether one of some words stands in a text: a tenth of the time that a pattern for them takes."""
    for sign in signs:  # noqa: SIM110 - `any` takes twice as long, and this is done for every row
        if sign in text:
            return True
    return False


@dataclass(frozen=True)
class Finding:
    """What a check found in a row.

    Args:
        kind: the reason without what differs from row to row: findings are counted by it.
        shown: the piece of the row that it is about, at most some 200 characters.
        fixed: the row put right; None where there is no telling how.
        becomes: what the piece is in the row put right.
    """

    kind: Text
    shown: str = ""
    fixed: Row | None = None
    becomes: str = ""


@dataclass(frozen=True)
class Check:
    """A check of rows.

    Args:
        title: what a user calls what it finds.
        help: what that does to a model or a figure, in a sentence.
        find: looks at a row; called for every one, so it has to be quick where there is nothing.
        finds: rows in which it finds something, which are also its test.
        passes: rows like them in which it does not.
        action: what is done where a recipe does not say.
        fixes: whether a finding may come with the row put right.
        order: those with a lower one look first, and later ones see what they have put right.
        signs: one of these stands in the texts of every row in which there is something, so that `find` is called for no
            other; a word is looked for in a tenth of the time that a pattern takes. Without any, it is called for every row.
        beside: looks at a row beside the first one before it that asks the same.
    """

    title: Text
    help: Text
    find: Callable[[Row], Finding | None]
    finds: tuple[Row, ...]
    passes: tuple[Row, ...]
    action: Action = "count"
    fixes: bool = False
    order: int = 100
    signs: tuple[str, ...] = ()
    beside: Callable[[Row, Row], Finding | None] | None = None

    @property
    def actions(self) -> tuple[Action, ...]:
        """What may be done where it finds something."""
        return tuple(action for action in ACTIONS if action != "fix" or self.fixes)
