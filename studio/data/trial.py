"""Trying the checks on the first rows of some files: what they would find, before any run."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import islice
from pathlib import Path

from studio.data.checks.base import Action
from studio.data.cleaning import Cleaner, Findings, Unclean
from studio.data.guess import LOOKED_AT
from studio.data.join import joined
from studio.data.normal import marks
from studio.data.raw import open_raw
from studio.data.records.base import Row, RowOrigin
from studio.data.row_view import BadRow
from studio.data.source_file import SourceFile

FIRST = 2_000
"""Rows of each file that are looked at: enough to see what a file is like, and read in a second."""


@dataclass(frozen=True)
class Trial:
    """What the checks find in some rows.

    Args:
        findings: counted by check, with samples.
        rows: how many were looked at; of them, `left` are not dropped.
        whole: whether these are all rows of the files.
    """

    findings: Findings
    rows: int
    left: int
    whole: bool


def tried(files: Sequence[tuple[SourceFile, Path, Path | None]], clean: Mapping[str, Action]) -> Trial:
    """Return what the checks find in the first rows of some files; rows that cannot be converted are passed over.

    Args:
        files: each source with its file, and the second that it is joined with.

    Raises:
        InputError: a file cannot be read.
    """
    findings = Findings(Cleaner(clean))
    count, left, whole = 0, 0, True
    first: dict[bytes, Row] = {}
    for source, path, second in files:
        rows, all_read = converted(path, source, second)
        whole = whole and all_read
        for row in rows:
            count += 1
            line = row.source.line if row.source is not None else 0
            try:
                tidy = findings.clean(row, path.name, line)
                before = first.setdefault(marks(tidy).asked, tidy)
                if before is not tidy and type(before) is type(tidy):
                    findings.beside(tidy, before, path.name, line)
            except Unclean:
                continue
            left += 1
    return Trial(findings, count, left, whole)


def converted(path: Path, source: SourceFile, second: Path | None = None) -> tuple[tuple[Row, ...], bool]:
    """Return what the first rows of a file become, and whether they are all; again at once while it stays as it is."""
    try:
        state = path.stat()
        stamp = (state.st_mtime_ns, state.st_size)
    except OSError:
        stamp = (0, 0)
    return _converted(path, source.model_dump_json(), second, stamp)


@lru_cache(maxsize=8)
def _converted(path: Path, said: str, second: Path | None, stamp: tuple[int, int]) -> tuple[tuple[Row, ...], bool]:
    source = SourceFile.model_validate_json(said)
    rows = open_raw(path, source.reading).rows
    if source.join is not None and second is not None:
        rows = joined(rows, second, source.join)
    raw = list(islice(rows, FIRST + 1))
    conversion = source.conversion()
    conversion.learn(each.values for each in raw[:LOOKED_AT] if each.fault is None)
    made: list[Row] = []
    for each in raw[:FIRST]:
        if each.fault is not None:
            continue
        try:
            made += conversion.rows(each.values, RowOrigin(file=path.name, line=each.line))[2]
        except BadRow:
            continue
    return tuple(made), len(raw) <= FIRST
