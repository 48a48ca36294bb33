"""What a listing is: a table of things that no browser is sent more of than it shows.

The browser says what it wants to see, the server answers with a page of it; all of it stands in the page's address.
"""

from __future__ import annotations

from collections.abc import Callable, Container, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Generic, Protocol, TypeVar

from markupsafe import Markup

from studio.core.text import Text
from studio.ui.context import Context
from studio.ui.lines import holds
from studio.ui.parts.base import Query

SIZE = 50
"""Rows of a page."""

R = TypeVar("R")


@dataclass(frozen=True)
class Asked:
    """What a browser wants to see.

    Args:
        of: what the listing is of: a run's id, where it lists what lies in one; empty where it needs none.
        view: which of its views; empty for the first.
        search: words that a row must hold.
        sort: a column's name, with `-` before it for the largest first; empty for the listing's own order.
        page: from 1.
        filters: the value that is wanted of each filter; empty or absent for any.
        chosen: the id of the row that is open.
        picked: the ids of the rows that something is to be done with.
        open: the ids of the rows below which others are unfolded.
    """

    of: str = ""
    view: str = ""
    search: str = ""
    sort: str = ""
    page: int = 1
    filters: Mapping[str, str] = field(default_factory=dict)
    chosen: str = ""
    picked: tuple[str, ...] = ()
    open: tuple[str, ...] = ()

    @classmethod
    def read(cls, query: Query, filters: Sequence[str]) -> Asked:
        """Read a part's query; what means nothing is passed over."""
        page = query.get("page", "")
        return cls(
            query.get("of", ""),
            query.get("view", ""),
            query.get("search", "").strip(),
            query.get("sort", ""),
            int(page) if page.isascii() and page.isdigit() and 0 < len(page) < 9 and int(page) > 0 else 1,
            {name: query[name] for name in filters if query.get(name)},
            query.get("row") or query.get("run", ""),
            _several(query.get("picked", "")),
            _several(query.get("open", "")),
        )

    @property
    def untouched(self) -> bool:
        """Whether nothing is looked for: all rows are listed in the listing's own order."""
        return not (self.search or self.filters or self.sort)


@dataclass(frozen=True)
class Page(Generic[R]):
    """A page of what was asked for.

    Args:
        rows: those of the page.
        total: how many there are on all pages.
        all: how many there are without search and filters.
        counts: how many of each value of a filter there are among what the other filters leave.
        share: how much has been looked through, from 0 to 1; below 1, there may be more rows than these.
        open: the ids of the rows below which others stand unfolded.
        below: of rows that others stand folded below, and of those others, by id: how many stand below it, and how deep
            it stands itself. Unfolded, they follow it in the page.
        note: a word below the table, if any.
    """

    rows: Sequence[R]
    total: int
    all: int
    counts: Mapping[str, Mapping[str, int]]
    share: float = 1.0
    open: Container[str] = ()
    below: Mapping[str, tuple[int, int]] = field(default_factory=dict)
    note: Markup = field(default_factory=Markup)


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
class Aspect:
    """One of the ways to look at what a listing is of: what it is called, and how many rows it has, where known."""

    name: str
    title: str
    count: int | None = None


@dataclass(frozen=True)
class Deed:
    """Something that is done with the rows that were picked.

    Args:
        title: the button's word.
        does: does it, with the ids and the text that was asked for; what it raises is told. Where it returns an address,
            the page goes there.
        leads: the address that the button leads to instead.
        asks: the question before it is done, and what goes along with the answer: what was named in the question.
        wants: the question a text is asked for with, and the text that stands there now.
        least: so many rows must be picked, and `most`.
        grade: the button's look: `danger` for what cannot be undone.
    """

    title: Text
    does: Callable[[Context, Sequence[str], str], str | None] | None = None
    leads: Callable[[Sequence[str]], str] | None = None
    asks: Callable[[Context, Sequence[str]], tuple[str, str]] | None = None
    wants: Callable[[Context, Sequence[str]], tuple[str, str]] | None = None
    least: int = 1
    most: int = 1000
    grade: str = ""


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
        heading: what stands above it, where it is opened by an address of its own.
        views: the ways to look at it, where there are several.
        drawer: the chosen row in full; where there is none, a chosen row opens elsewhere on the page.
        deeds: what can be done with picked rows, by name.
        searched: whether it can be searched.
        inside: whether it lists what lies inside a run, and opens in a sheet of its own.
    """

    title: Text
    columns: Mapping[str, Column[R]]
    filters: Mapping[str, Filter]
    page: Callable[[Context, Asked], Page[R]]
    id: Callable[[R], str]
    version: Callable[[Context, Asked], str]
    nothing: Callable[[Context], Markup]
    heading: Callable[[Context, Asked], Markup] = lambda context, asked: Markup()
    views: Callable[[Context, Asked], Sequence[Aspect]] = lambda context, asked: ()
    drawer: Callable[[Context, Asked], Markup] | None = None
    deeds: Mapping[str, Deed] = field(default_factory=dict)
    searched: bool = True
    inside: bool = False


def _several(text: str) -> tuple[str, ...]:
    return tuple(filter(None, text.split(",")))


class Sliced(Protocol):
    """What has a length and slices: a sequence, an array."""

    def __len__(self) -> int: ...

    def __getitem__(self, place: slice, /) -> Any: ...


def paged(rows: Sliced, page: int) -> Any:
    """Return the rows of a page; of one beyond the last, those of the last."""
    last = max(1, -(-len(rows) // SIZE))
    first = (min(page, last) - 1) * SIZE
    return rows[first : first + SIZE]


def in_memory(
    rows: Sequence[R],
    asked: Asked,
    text: Callable[[R], str],
    keys: Mapping[str, Callable[[R], Any]],
    values: Mapping[str, Callable[[R], str | Sequence[str]]],
    stands: Callable[[R], bool] = lambda row: True,
) -> Page[R]:
    """Return a page of rows that are all here.

    Args:
        text: what is searched in a row.
        keys: what to sort by, by the column's name.
        values: a row's value of each filter, or its several values.
        stands: whether a row has a place of its own in the table; the filters count the others too.
    """
    words = asked.search.casefold().split()
    found = [row for row in rows if not words or holds(text(row).casefold(), words)]
    held = [{name: _values(value(row)) for name, value in values.items()} for row in found]
    counts = {name: _count(held, name, asked.filters) for name in values}
    kept = [row for row, has in zip(found, held, strict=True) if _matches(has, asked.filters) and stands(row)]
    key = keys.get(asked.sort.removeprefix("-"))
    if key is not None:
        kept.sort(key=key, reverse=asked.sort.startswith("-"))
    return Page(paged(kept, asked.page), len(kept), len(rows), counts)


def _values(value: str | Sequence[str]) -> Sequence[str]:
    return (value,) if isinstance(value, str) else value


def _matches(has: Mapping[str, Sequence[str]], wanted: Mapping[str, str], but: str = "") -> bool:
    return all(value in has.get(name, ()) for name, value in wanted.items() if name != but)


def _count(held: Sequence[Mapping[str, Sequence[str]]], name: str, wanted: Mapping[str, str]) -> dict[str, int]:
    counts: dict[str, int] = {}
    for has in held:
        if _matches(has, wanted, name):
            for value in has[name]:
                counts[value] = counts.get(value, 0) + 1
    return dict(sorted(counts.items(), key=lambda item: (-item[1], item[0])))
