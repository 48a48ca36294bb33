"""Which rows stay: the same question stands in one part only, and once in it.

Of a row that is taken, digests and a few numbers stay in memory; its texts lie with whoever asks.
"""

from __future__ import annotations

from array import array
from collections import defaultdict
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from heapq import nsmallest
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from studio.core.text import Text
from studio.data.dataset_folder import BY_SHARES, SPLITS
from studio.data.filler import bare
from studio.data.normal import Marks, answer_mark, digest, marks, rank
from studio.data.records.base import Row, RowOrigin
from studio.data.row_view import BadRow

POOLS = (BY_SHARES, *SPLITS)
"""Where rows may be sent: dealt out by the recipe, or a part."""
WEAKEST_FIRST = ("train", "val", "test")
"""The parts; of two that must not share a row, the later one keeps it."""
_MARK_BYTES = 16
_AGAIN = Text("the same question as an earlier row", "与前面某行的题目相同")
_NEARLY = Text("nearly the same question as an earlier row, with the same answer", "与前面某行的题目近似，且答案相同")
_CONTRADICTED = Text("the same question as an earlier row, with another answer", "与前面某行的题目相同，但答案不同")


class Merged(BadRow):
    """A row that says what an earlier one of its part says, by that one's number."""

    def __init__(self, reason: Text, kind: Text, into: int) -> None:
        super().__init__(reason, kind)
        self.into = into


class RowPlace(NamedTuple):
    """Where a raw row stands: `file` counts the files of a recipe, `name` is what people call that file."""

    file: int
    name: str
    line: int


class MergedRow(NamedTuple):
    """A row that gives way to another one of its part, and whether they differ in words that ask nothing."""

    into: int
    nearly: bool


class _Origins:
    """Where rows stand that were merged, and with which row each: some twenty bytes a row."""

    def __init__(self) -> None:
        self._into = array("q")
        self._lines = array("q")
        self._files = array("I")
        self._names: dict[str, int] = {}

    def add(self, into: int, origin: RowOrigin) -> None:
        self._into.append(into)
        self._lines.append(origin.line)
        self._files.append(self._names.setdefault(origin.file, len(self._names)))

    def __iter__(self) -> Iterator[tuple[int, RowOrigin]]:
        names = list(self._names)
        for into, file, line in zip(self._into, self._files, self._lines, strict=True):
            yield into, RowOrigin(file=names[file], line=line)


def _origins(row: Row) -> list[RowOrigin]:
    """Return where a row came from, with those that were merged with it before."""
    return [*filter(None, (row.source,)), *row.also]


def _exactly(row: Row) -> tuple[bytes, bytes]:
    return marks(row).asked, answer_mark(row)


@dataclass
class Deduplicator:
    """The rows taken so far, by their numbers in order; all are of one class, which the first one decides.

    Args:
        recall: gives back a row that was taken, by its number.
    """

    recall: Callable[[int], Row]
    record: type[Row] | None = None
    files: array[int] = field(default_factory=lambda: array("I"))
    pools: bytearray = field(default_factory=bytearray)
    _lines: array[int] = field(default_factory=lambda: array("q"))
    _named: array[int] = field(default_factory=lambda: array("I"))
    _names: dict[str, int] = field(default_factory=dict)
    _splits: bytearray = field(default_factory=bytearray)
    _seen: dict[bytes, int] = field(default_factory=dict)
    _others: dict[int, list[int]] = field(default_factory=dict)
    _answers: dict[int, dict[bytes, int]] = field(default_factory=dict)
    _ids: set[int] = field(default_factory=set)
    _origins: _Origins = field(default_factory=_Origins)

    def __len__(self) -> int:
        return len(self.pools)

    def stands(self, number: int) -> RowPlace:
        """Return where a row stands: in which file of the recipe, in which member of it, and on which line."""
        return RowPlace(self.files[number], list(self._names)[self._named[number]], self._lines[number])

    def take(self, row: Row, found: Marks, pool: str, place: RowPlace, asked: Row | None = None) -> Row:
        """Send a row to a pool, and return it with an id of its own.

        Args:
            asked: what `first_asked` gave for it, where somebody has asked: recalling a row takes time.

        Raises:
            Merged: it is there already.
            BadRow: it is there with another answer, though an open question may stand in one part with several; or it
                is not of the class of those before.
        """
        self.record = self.record or type(row)
        if type(row) is not self.record:
            raise BadRow(_mixed(row.noun, self.record.noun))
        number = len(self.pools)
        at = POOLS.index(pool)
        first = self._seen.setdefault(bytes((at,)) + found.asked, number)
        if first != number:
            self._require_new_answer(row, first, number, asked)
            self._others.setdefault(first, []).append(number)
        name = row.id
        if hash(name) in self._ids:  # or one of 2^64 by chance, whose id gets longer than it needs to
            row = row.model_copy(update={"id": self._unused(name, place)})
        self._ids.add(hash(row.id))
        self.pools.append(at)
        self._splits += found.split
        self.files.append(place.file)
        self._lines.append(place.line)
        self._named.append(self._names.setdefault(place.name, len(self._names)))
        return row

    def first_asked(self, found: Marks, pool: str) -> Row | None:
        """Return the first row of a pool that asks the same; None where none does yet."""
        number = self._seen.get(bytes((POOLS.index(pool),)) + found.asked)
        return None if number is None else self.recall(number)

    def split_mark(self, number: int) -> bytes:
        """Return what stands for the text that no row of another part may have."""
        return bytes(self._splits[number * _MARK_BYTES : (number + 1) * _MARK_BYTES])

    def leaks(self, parts: NDArray[np.uint8], family: NDArray[np.int64]) -> dict[int, int]:
        """Return the rows of whose family some are in a stronger part, each with one of those: test before val before train.

        A test set stays whole wherever its files stand in the recipe; what gives way is the row that would have
        given a test question away, be it with more options or as an open question.

        Args:
            parts: the part of each row, by its place in `WEAKEST_FIRST`.
            family: the family of each row.
        """
        if len(set(parts.tolist())) < 2:
            return {}
        strongest = np.zeros(int(family.max()) + 1, np.uint8)
        np.maximum.at(strongest, family, parts)
        weak = np.flatnonzero(parts < strongest[family])
        concerned = np.zeros(len(strongest), bool)
        concerned[family[weak]] = True
        kin: dict[int, int] = {}
        same: dict[bytes, int] = {}
        for number in np.flatnonzero(concerned[family] & (parts == strongest[family])).tolist():
            kin.setdefault(int(family[number]), number)
            same.setdefault(self.split_mark(number), number)
        return {number: same.get(self.split_mark(number), kin[int(family[number])]) for number in weak.tolist()}

    def again(
        self, parts: NDArray[np.uint8], without: Collection[int], near: Iterable[Sequence[int]]
    ) -> dict[int, MergedRow]:
        """Return the rows that say what an earlier one of their part says, though they were sent there on another way or
        say it in other words that ask nothing.

        Args:
            parts: the part of each row, by its place in `WEAKEST_FIRST`.
            without: rows that are not taken anyway.
            near: clusters of near duplicates that may be merged.
        """
        found: dict[int, MergedRow] = {}
        for numbers in (*self._of_several_pools(), *near):
            held: dict[tuple[int, bytes], int] = {}
            for number in sorted(numbers):
                if number in without or number in found:
                    continue
                row = self.recall(number)
                first = held.setdefault((int(parts[number]), _said(row)), number)
                if first != number:
                    nearly = _exactly(row) != _exactly(self.recall(first))
                    found[number] = MergedRow(first, nearly)
        return found

    def forget(self) -> None:
        """Drop what only further rows would need; what follows needs the room."""
        self._seen.clear()
        self._others.clear()
        self._answers.clear()
        self._ids.clear()

    def also(self, merged: Mapping[int, MergedRow]) -> dict[int, list[RowOrigin]]:
        """Return where the rows stand that were merged with each row."""
        found: dict[int, list[RowOrigin]] = defaultdict(list)
        for number, row in merged.items():
            found[row.into] += _origins(self.recall(number))
        for number, origin in self._origins:
            found[merged[number].into if number in merged else number].append(origin)
        return found

    def leak_reason(self, number: int, holder: int, part: str) -> BadRow:
        """Return the fault of a row of whose family one is in a stronger part."""
        title, here = SPLITS[part], self.place(holder)
        en, zh = title.en.lower(), title.zh
        if self.split_mark(number) == self.split_mark(holder):
            return BadRow(
                Text(
                    f"the same question as {here.en}, which is in the {en} split",
                    f"与 {here.zh}的题目相同，而那一行已归入{zh}",
                ),
                Text(f"the same question as a row of the {en} split", f"与{zh}中某行的题目相同"),
            )
        return BadRow(
            Text(
                f"of one family with {here.en}, which is in the {en} split",
                f"与 {here.zh}属于同一组，而那一行已归入{zh}",
            ),
            Text(f"of one family with a row of the {en} split", f"与{zh}中某行属于同一组"),
        )

    def merged_reason(self, merged: MergedRow) -> Merged:
        """Return why a row is merged with another one."""
        here = self.place(merged.into)
        if not merged.nearly:
            return Merged(self._same_as(merged.into), _AGAIN, merged.into)
        return Merged(
            Text(f"nearly the same question as {here.en}, with the same answer", f"与 {here.zh}的题目近似，且答案相同"),
            _NEARLY,
            merged.into,
        )

    def beyond(self, limit: int, seed: int, without: Collection[int]) -> set[int]:
        """Return the rows that a sample of at most `limit` rows a file leaves out.

        Args:
            without: rows that are not taken anyway.
        """
        of_file: dict[int, list[int]] = {}
        for number, file in enumerate(self.files):
            if number not in without:
                of_file.setdefault(file, []).append(number)
        out: set[int] = set()
        for numbers in of_file.values():
            if len(numbers) > limit:
                drawn = nsmallest(limit, numbers, key=lambda number: (rank(seed, self.split_mark(number)), number))
                out |= set(numbers).difference(drawn)
        return out

    def _of_several_pools(self) -> list[list[int]]:
        """Return the rows that ask the same and were sent to several pools."""
        if len(set(self.pools)) < 2:
            return []
        firsts: dict[bytes, list[int]] = defaultdict(list)
        for mark, number in self._seen.items():
            firsts[mark[1:]].append(number)
        return [
            [row for first in numbers for row in (first, *self._others.get(first, ()))]
            for numbers in firsts.values()
            if len(numbers) > 1
        ]

    def _require_new_answer(self, row: Row, first: int, number: int, asked: Row | None) -> None:
        """Raise BadRow where a question that stands there already has this answer, or may have only one."""
        answers = self._answers.get(first)
        if answers is None:  # of a question that is asked once, nobody wants to know its answer
            answers = self._answers[first] = {answer_mark(asked or self.recall(first)): first}
        answer = answer_mark(row)
        if answer in answers:
            for origin in _origins(row):
                self._origins.add(answers[answer], origin)
            raise Merged(self._same_as(first), _AGAIN, answers[answer])
        if row.one_answer:
            here = self._same_as(first)
            raise BadRow(Text(f"{here.en}, with another answer", f"{here.zh}，但答案不同"), _CONTRADICTED)
        answers[answer] = number

    def place(self, number: int) -> Text:
        """Return where a row stands."""
        _, name, line = self.stands(number)
        return Text(f"{name} line {line}", f"{name} 第 {line} 行")

    def _same_as(self, number: int) -> Text:
        here = self.place(number)
        return Text(f"the same question as {here.en}", f"与 {here.zh}的题目相同")

    def _unused(self, name: str, place: RowPlace) -> str:
        """Return an id that no row has: files may number their rows alike, and reports must tell them apart."""
        longer = unused = f"{name}@{place.name}:{place.line}"
        number = 1
        while hash(unused) in self._ids:
            number += 1
            unused = f"{longer}#{number}"
        return unused


def _said(row: Row) -> bytes:
    """Return a digest of what a row asks and answers, without words that ask nothing."""
    asked = [bare(text) for text in row.asked]
    return digest("\0".join((asked[0], *sorted(asked[1:]), "\1", *sorted(map(bare, row.answered)))))


def _mixed(noun: Text, first: Text) -> Text:
    return Text(f"this is a {noun.en}, the rows before are {first.en}s", f"这是{noun.zh}，而前面的行是{first.zh}")
