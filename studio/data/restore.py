"""Rows that a recipe puts back: left out the last time, by rule or as a duplicate, and wanted after all."""

from __future__ import annotations

from collections.abc import Collection

from studio.core.reporter import Reporter
from studio.core.text import Text
from studio.data.deduplicate import RowPlace
from studio.data.normal import Marks
from studio.data.row_view import BadRow


class PutBack:
    """Which of the rows that would be left out are taken.

    Args:
        named: where they stand (`a.jsonl:12`), or why they were left out, in either language.
    """

    def __init__(self, named: Collection[str]) -> None:
        self._named = frozenset(named)
        self._told: set[str] = set()
        self._met: set[str] = set()
        self.taken = 0
        """How many rows were put back since it was last asked for by `count`."""

    def names(self, place: RowPlace, bad: BadRow) -> bool:
        """Return whether a row that would be left out is named."""
        return bool(self._named) and self._name(place, bad) is not None

    def count(self) -> int:
        """Return how many rows were put back, and begin anew."""
        taken, self.taken = self.taken, 0
        return taken

    def tell(self, place: RowPlace, bad: BadRow, report: Reporter) -> None:
        """Say of a row that is named and left out that it cannot be put back; once for each name."""
        name = self._name(place, bad) if self._named else None
        if name is None or name in self._told:
            return
        self._told.add(name)
        where = Text(f"{place.name} line {place.line}", f"{place.name} 第 {place.line} 行")
        report.notice(
            Text(
                f"{where.en} cannot be put back: {bad.reason.en}",
                f"{where.zh}无法放回：{bad.reason.zh}",
            )
        )

    def missed(self) -> Text | None:
        """Return what to say of names that no row had which was left out, or would have been; None where each had one."""
        missed = sorted(self._named - self._met)
        if not missed:
            return None
        return Text(
            f"to be put back, but nothing that would be left out stands there or has this reason: {'; '.join(missed)}. A place is "
            "written like a.jsonl:12, a reason stands as in the list of those left out",
            f"要放回、但没有任何未采用的行符合：{'；'.join(missed)}。位置写作 a.jsonl:12 这样的形式，原因须与未采用列表中的一致",
        )

    def _name(self, place: RowPlace, bad: BadRow) -> str | None:
        names = (f"{place.name}:{place.line}", bad.kind.en, bad.kind.zh)
        found = [name for name in names if name in self._named]
        self._met.update(found)
        return found[0] if found else None


def apart(found: Marks, place: RowPlace, number: int) -> Marks:
    """Return the marks of a row that is to stand beside those that ask the same in its part; no other part may have it.

    Args:
        number: which of the rows it is that its raw row gave.
    """
    return found._replace(asked=found.asked + f"{place.file}:{place.line}#{number}".encode())
