"""What a layout is: it declares the roles that it uses up, knows its rows, and turns one into rows of a dataset."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from studio.core.text import Text
from studio.data.masking import kind_of_column
from studio.data.records.base import Row, RowOrigin
from studio.data.roles import OPTION
from studio.data.row_view import BadRow, RowView, Values, text_of

__all__ = [
    "EMPTY",
    "BadRow",
    "Counted",
    "Layout",
    "RowView",
    "Values",
    "group",
    "identity",
    "is_empty",
    "labels",
    "text_of",
]

EMPTY = frozenset({"", "null", "nan", "n/a", "-", "inf", "-inf"})
"""What stands where there is no text, in one case."""
_LONGEST_EMPTY = max(map(len, EMPTY))


@dataclass(frozen=True)
class Counted:
    """A gold that is the number of an option.

    Args:
        number: the number.
        options: how many options there are.
        base: what it counts from where the layout is published so.
    """

    number: int
    options: int
    base: int | None = None


def _always(_: RowView) -> bool:
    return True


@dataclass(frozen=True)
class Layout:
    """A layout of raw rows.

    Args:
        title: what a user calls it.
        convert: turns a row into one or several; raises BadRow with the reason.
        examples: small rows, which are also the layout's test: no other layout may claim one.
        needs: groups of roles, of each of which a row has one; `option` is two columns with an option each.
        takes: the roles that it uses up; a row with another one that is telling is none of this layout, unless `convert`
            used that column all the same.
        fits: what else tells its rows, by what their values are (`RowView.kind`), never by what they say.
        order: of several that would use a row up, the lowest one does.
        counted: of a row whose gold is the number of an option: what it is, how many options there are, and what it
            counts from where the layout is published so; None where the gold is something else.
    """

    title: Text
    convert: Callable[[RowView, RowOrigin], Row | Sequence[Row]]
    examples: tuple[Values, ...]
    needs: tuple[tuple[str, ...], ...] = ()
    takes: frozenset[str] = frozenset()
    fits: Callable[[RowView], bool] = _always
    order: int = 100
    counted: Callable[[RowView], Counted | None] | None = None

    def matches(self, row: RowView) -> bool:
        """Return whether a row could be of this layout, whatever it leaves over."""
        return all(any(_stands(row, role) for role in group) for group in self.needs) and self.fits(row)

    @property
    def claims(self) -> frozenset[str]:
        """The roles it uses up, those it needs among them."""
        return self.takes.union(*self.needs)


def _stands(row: RowView, role: str) -> bool:
    return len(row.options) >= 2 if role == OPTION else row.stands(role)


def identity(row: RowView, source: RowOrigin) -> str:
    """Return the row's own id, or one made of its file and line; an id may be an object, as MongoDB writes it.

    A column of patients' numbers, by its name, gives none: ids stand in every report.
    """
    for column in row.columns.get("id", ()):
        if kind_of_column(column) is not None:
            return f"{source.file}:{source.line}"
    given = row.value("id")
    if type(given) is not str and isinstance(given, Mapping):
        given = given.get("$oid")
    return (text_of(given) if isinstance(given, str | int | float) else "") or f"{source.file}:{source.line}"


def labels(row: RowView) -> dict[str, str]:
    """Return what a row says of itself: department, level, year, type and their like; what is no short text is none."""
    said = {name: _label(row.value(name)) for name in row.roles.labels if row.has(name)}
    return {name: text for name, text in said.items() if not is_empty(text)}


def is_empty(text: str, words: frozenset[str] = EMPTY, longest: int = _LONGEST_EMPTY) -> bool:
    """Return whether a text is one of a few words that say nothing.

    Args:
        words: those words, in one case.
        longest: the characters of the longest of them: a text that is longer is not looked at.
    """
    return len(text) <= longest and text.casefold() in words


def _label(value: object) -> str:
    if type(value) is str:  # as nearly every one is
        return text_of(value)
    several = value if isinstance(value, list | tuple) else [value]
    return ", ".join(text_of(item) for item in several if isinstance(item, str | int | float))


def group(row: RowView, said: dict[str, str]) -> str:
    """Return the label that reports are broken down by: the row's own, or its department."""
    return row.text("group") or said.get("department") or said.get("discipline") or ""
