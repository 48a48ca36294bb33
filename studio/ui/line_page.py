"""A page of the lines of a run's file: chosen by their facets and by a search, read only where they are shown."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from studio.core.errors import InputError
from studio.core.text import Text
from studio.runs.index import Entry
from studio.runs.store import RunStore
from studio.ui.context import Context
from studio.ui.lines import Facets, Lines, record
from studio.ui.listings.base import Asked, Page, paged


@dataclass(frozen=True)
class Line:
    """A line of a file: its number, from 1, what stands in it, and its record (None where it is none)."""

    number: int
    raw: bytes
    value: Mapping[str, Any] | None


def made(context: Context, asked: Asked, output: str) -> tuple[Entry, Path]:
    """Return the run that a listing is of, and its output of a name.

    Raises:
        InputError: it is not here any more, or has made no such thing.
    """
    entry = RunStore(context.workspace).entry(asked.of)
    folder = entry.output(output) if entry is not None else None
    if entry is None or folder is None or not folder.is_dir():
        raise InputError(
            Text("what is listed here is not there any more", "这里要列出的内容已经不在了"),
            Text("It may have been removed, or made anew.", "它可能已被删除，或已重新生成。"),
        )
    return entry, folder


def look_through(context: Context, path: Path, name: str, facets: Facets, width: int) -> Lines:
    """Return what is known of a file's lines.

    Raises:
        InputError: there is no such file.
    """
    try:
        return context.line_cache.lines(name, path, facets, width)
    except OSError as error:
        raise InputError(
            Text(f"the file cannot be read ({error.strerror})", f"文件无法读取（{error.strerror}）"), None, path.name
        ) from error


def page_of(context: Context, asked: Asked, lines: Lines, facets: Sequence[str], length: str = "") -> Page[Line]:
    """Return the page that was asked for.

    Args:
        facets: the filters' names, in the order of the file's facets.
        length: the sort that goes by how long the lines are, if any.
    """
    numbers, share = found(context, asked, lines)
    codes = {name: lines.codes(place)[numbers] for place, name in enumerate(facets)}
    values = {name: lines.values(place) for place, name in enumerate(facets)}
    fits = {name: _fits(codes[name], values[name], asked.filters.get(name, "")) for name in facets}
    counts = {}
    for name in facets:
        left = np.logical_and.reduce(
            [fit for other, fit in fits.items() if other != name] or [np.full(len(numbers), True)]
        )
        each = np.bincount(codes[name][left], minlength=len(values[name]))
        counts[name] = {
            values[name][place]: int(each[place]) for place in np.argsort(-each, kind="stable") if each[place]
        }
    kept = numbers[np.logical_and.reduce(list(fits.values()))] if fits else numbers
    if length and asked.sort.removeprefix("-") == length:
        order = np.argsort(lines.lengths()[kept], kind="stable")
        kept = kept[order[::-1] if asked.sort.startswith("-") else order]
    shown = [int(number) for number in paged(kept, asked.page)]
    return Page(read(lines, shown), len(kept), len(lines), counts, share)


def found(context: Context, asked: Asked, lines: Lines) -> tuple[npt.NDArray[np.int64], float]:
    """Return the numbers of the lines that hold what is searched, from 0, and how much has been looked through."""
    words = asked.search.casefold().split()
    if not words:
        return np.arange(len(lines)), lines.share
    search = context.line_cache.search(lines, words)
    numbers = search.found()
    return numbers[numbers < len(lines)], search.share


def read(lines: Lines, numbers: Sequence[int]) -> list[Line]:
    """Return lines by their numbers, from 0."""
    return [Line(number + 1, raw, record(raw)) for number, raw in zip(numbers, lines.read(numbers), strict=True)]


def one(lines: Lines, id: str) -> Line | None:
    """Return the line that an address calls by its number, from 1; None where there is none."""
    number = int(id) - 1 if id.isascii() and id.isdigit() and len(id) < 12 else -1
    return read(lines, [number])[0] if 0 <= number < len(lines) else None


def pulse(context: Context, asked: Asked, lines: Lines) -> str:
    """Return what changes whenever the file does, or more of it has been looked through."""
    words = asked.search.casefold().split()
    share = context.line_cache.search(lines, words).share if words else 1.0
    return f"{id(lines)} {len(lines)} {lines.done.is_set()} {share:.3f}"


def _fits(codes: npt.NDArray[np.uint32], values: list[str], wanted: str) -> npt.NDArray[np.bool_]:
    if not wanted:
        return np.full(len(codes), True)
    return codes == values.index(wanted) if wanted in values else np.full(len(codes), False)
