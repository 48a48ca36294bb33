"""What came of the raw rows: rows in their parts, and rejected ones; the same question stands in one part only."""

from __future__ import annotations

from dataclasses import dataclass, field

from studio.core.text import Text
from studio.data.dataset_folder import SPLITS
from studio.data.layouts.base import BadRow
from studio.data.normal import answer_mark, fingerprint, split_key
from studio.data.records.base import Row, RowOrigin

_STRONGEST_FIRST = ("test", "val", "train")
_AGAIN = Text("the same question as an earlier row", "与前面某行的题目相同")
_CONTRADICTED = Text("the same question as an earlier row, with another answer", "与前面某行的题目相同，但答案不同")


@dataclass(frozen=True)
class SourceRow:
    """A raw row and where it stands; `file` counts the files of a recipe, two of which may have one name."""

    file: int
    origin: RowOrigin
    row: dict[str, object]


@dataclass(frozen=True)
class AcceptedRow:
    """A row that was taken, and what no row of another part may share with it."""

    row: Row
    split_key: str
    source_row: SourceRow


@dataclass(frozen=True)
class Rejected:
    """A row that was not taken; `kind` is the reason without what differs from row to row, to count by."""

    source_row: SourceRow
    reason: Text
    kind: Text

    @property
    def origin(self) -> RowOrigin:
        return self.source_row.origin

    @property
    def row(self) -> dict[str, object]:
        return self.source_row.row


@dataclass(frozen=True)
class _Seen:
    """Where a row stood first in its part, and the answers it came with."""

    origin: RowOrigin
    answers: set[str]


@dataclass
class Deduplicator:
    """What came of the files so far; all rows that are taken are of one class, which the first one decides."""

    record: type[Row] | None = None
    parts: dict[str, list[AcceptedRow]] = field(default_factory=lambda: {split: [] for split in SPLITS})
    rejected: list[Rejected] = field(default_factory=list)
    seen: dict[tuple[str, str], _Seen] = field(default_factory=dict)
    ids: set[str] = field(default_factory=set)

    @property
    def rows(self) -> int:
        return sum(map(len, self.parts.values()))

    def take(self, row: Row, part: str, source_row: SourceRow) -> None:
        """Put a row into a part.

        Raises:
            BadRow: it is there already, though an open question may stand in one part with several different answers;
                or it is not of the class of those before.
        """
        self.record = self.record or type(row)
        if type(row) is not self.record:
            raise BadRow(_mixed(row.noun, self.record.noun))
        first = self.seen.setdefault((part, fingerprint(row)), _Seen(source_row.origin, set()))
        answer = answer_mark(row)
        if answer in first.answers:
            raise BadRow(_same_as(first.origin), _AGAIN)
        if row.one_answer and first.answers:
            here = _same_as(first.origin)
            raise BadRow(Text(f"{here.en}, with another answer", f"{here.zh}，但答案不同"), _CONTRADICTED)
        first.answers.add(answer)
        if row.id in self.ids:
            row = row.model_copy(update={"id": self._unused(row.id, source_row.origin)})
        self.ids.add(row.id)
        self.parts[part].append(AcceptedRow(row, split_key(row), source_row))

    def reject(self, source_row: SourceRow, bad: BadRow) -> None:
        self.rejected.append(Rejected(source_row, bad.reason, bad.kind))

    def separate_splits(self) -> None:
        """Reject the rows that ask what a row of a stronger part asks: test before val before train.

        A test set stays whole wherever its files stand in the recipe; what gives way is the row that would have
        given a test question away, be it with more options or as an open question.
        """
        held: dict[str, tuple[str, AcceptedRow]] = {}
        for part in _STRONGEST_FIRST:
            kept: list[AcceptedRow] = []
            for item in self.parts[part]:
                if item.split_key in held:
                    self.reject(item.source_row, _stands_in(*held[item.split_key]))
                else:
                    kept.append(item)
            held.update((item.split_key, (part, item)) for item in reversed(kept))  # reversed: the first one is named
            self.parts[part] = kept
        self.rejected.sort(key=lambda item: (item.source_row.file, item.origin.line))

    def _unused(self, name: str, origin: RowOrigin) -> str:
        """Return an id that no row has: files may number their rows alike, and reports must tell them apart."""
        longer = unused = f"{name}@{origin.file}:{origin.line}"
        number = 1
        while unused in self.ids:
            number += 1
            unused = f"{longer}#{number}"
        return unused


def _same_as(origin: RowOrigin) -> Text:
    return Text(
        f"the same question as {origin.file} line {origin.line}", f"与 {origin.file} 第 {origin.line} 行的题目相同"
    )


def _mixed(noun: Text, first: Text) -> Text:
    return Text(f"this is a {noun.en}, the rows before are {first.en}s", f"这是{noun.zh}，而前面的行是{first.zh}")


def _stands_in(part: str, item: AcceptedRow) -> BadRow:
    """Return the fault of a row that asks what a stronger part asks."""
    chinese = SPLITS[part].zh
    here = _same_as(item.source_row.origin)
    return BadRow(
        Text(f"{here.en}, which is in the {part} part", f"{here.zh}，而那一行已归入{chinese}"),
        Text(f"the same question as a row of the {part} part", f"与{chinese}中某行的题目相同"),
    )
