"""What a listing is: a table of things that no browser is sent more of than it shows.

The browser says what it wants to see, the server answers with a page of it; all of it stands in the page's address.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Generic, TypeVar

from markupsafe import Markup

from studio.core.text import Text
from studio.ui.context import Context
from studio.ui.parts.base import Query

SIZE = 50
"""Rows of a page."""

R = TypeVar("R")


@dataclass(frozen=True)
class Asked:
    """What a browser wants to see.

    Args:
        search: words that a row must hold.
        sort: a column's name, with `-` before it for the largest first; empty for the listing's own order.
        page: from 1.
        filters: the value that is wanted of each filter; empty or absent for any.
        chosen: the id of the row that is open.
    """

    search: str = ""
    sort: str = ""
    page: int = 1
    filters: Mapping[str, str] = field(default_factory=dict)
    chosen: str = ""

    @classmethod
    def read(cls, query: Query, filters: Sequence[str]) -> Asked:
        """Read a part's query; what means nothing is passed over."""
        page = query.get("page", "")
        return cls(
            query.get("search", "").strip(),
            query.get("sort", ""),
            int(page) if page.isascii() and page.isdigit() and 0 < len(page) < 9 and int(page) > 0 else 1,
            {name: query[name] for name in filters if query.get(name)},
            query.get("run", ""),
        )


@dataclass(frozen=True)
class Page(Generic[R]):
    """A page of what was asked for.

    Args:
        rows: those of the page.
        total: how many there are on all pages.
        all: how many there are without search and filters.
        counts: how many of each value of a filter there are among what the other filters leave.
    """

    rows: Sequence[R]
    total: int
    all: int
    counts: Mapping[str, Mapping[str, int]]


@dataclass(frozen=True)
class Column(Generic[R]):
    """A column: its title, what it shows of a row, whether it can be sorted by, and its CSS class."""

    title: Text
    cell: Callable[[Context, R], Markup | str]
    sorts: bool = False
    style: str = ""


@dataclass(frozen=True)
class Filter:
    """A choice among the values that rows have: its title, and what each value is called."""

    title: Text
    word: Callable[[Context, str], str]


@dataclass(frozen=True)
class Listing(Generic[R]):
    """A listing.

    Args:
        title: what it lists, for those who hear the page.
        columns: by name, from the left.
        filters: by name.
        page: returns what was asked for.
        id: of a row; what the address calls it when it is chosen.
        version: what tells whether any row may read otherwise than before; costs next to nothing, whatever their number.
        nothing: what stands there where there is nothing at all.
        note: a word below the table, if any.
    """

    title: Text
    columns: Mapping[str, Column[R]]
    filters: Mapping[str, Filter]
    page: Callable[[Context, Asked], Page[R]]
    id: Callable[[R], str]
    version: Callable[[Context], str]
    nothing: Callable[[Context], Markup]
    note: Callable[[Context, Asked], Markup] = lambda context, asked: Markup()


def in_memory(
    rows: Sequence[R],
    asked: Asked,
    text: Callable[[R], str],
    keys: Mapping[str, Callable[[R], Any]],
    values: Mapping[str, Callable[[R], str]],
) -> Page[R]:
    """Return a page of rows that are all here.

    Args:
        text: what is searched in a row.
        keys: what to sort by, by the column's name.
        values: a row's value of each filter.
    """
    words = asked.search.casefold().split()
    found = [row for row in rows if not words or _holds(text(row).casefold(), words)]
    held = [{name: value(row) for name, value in values.items()} for row in found]
    counts = {name: _count(held, name, asked.filters) for name in values}
    kept = [row for row, has in zip(found, held, strict=True) if _matches(has, asked.filters)]
    key = keys.get(asked.sort.removeprefix("-"))
    if key is not None:
        kept.sort(key=key, reverse=asked.sort.startswith("-"))
    last = max(1, -(-len(kept) // SIZE))
    first = (min(asked.page, last) - 1) * SIZE
    return Page(kept[first : first + SIZE], len(kept), len(rows), counts)


def _holds(text: str, words: Sequence[str]) -> bool:
    return all(word in text for word in words)


def _matches(has: Mapping[str, str], wanted: Mapping[str, str], but: str = "") -> bool:
    return all(has.get(name) == value for name, value in wanted.items() if name != but)


def _count(held: Sequence[Mapping[str, str]], name: str, wanted: Mapping[str, str]) -> dict[str, int]:
    counts: dict[str, int] = {}
    for has in held:
        if _matches(has, wanted, name):
            counts[has[name]] = counts.get(has[name], 0) + 1
    return dict(sorted(counts.items(), key=lambda item: (-item[1], item[0])))
