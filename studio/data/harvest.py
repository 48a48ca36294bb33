"""What came of the raw rows: questions in their parts, and rejected rows; the same question stands in one part only."""

from __future__ import annotations

from dataclasses import dataclass, field

from studio.core.records import Question
from studio.core.records import Source as Origin
from studio.core.text import Text
from studio.data.layouts._layout import BadRow
from studio.data.normal import answer_mark, fingerprint, twin_key
from studio.data.splits import SPLITS

_STRONGEST_FIRST = ("test", "val", "train")
_AGAIN = Text("the same question as an earlier row", "与前面某行的题目相同")
_CONTRADICTED = Text("the same question as an earlier row, with another answer", "与前面某行的题目相同，但答案不同")


@dataclass(frozen=True)
class Found:
    """A raw row and where it stands; `file` counts the files of a recipe, two of which may have one name."""

    file: int
    origin: Origin
    row: dict[str, object]


@dataclass(frozen=True)
class Taken:
    """A question that was taken, and what no question of another part may share with it."""

    question: Question
    twin: str
    found: Found


@dataclass(frozen=True)
class Rejected:
    """A row that was not taken; `kind` is the reason without what differs from row to row, to count by."""

    found: Found
    reason: Text
    kind: Text

    @property
    def origin(self) -> Origin:
        return self.found.origin

    @property
    def row(self) -> dict[str, object]:
        return self.found.row


@dataclass(frozen=True)
class _Seen:
    """Where a question stood first in its part, and the answers it came with."""

    origin: Origin
    answers: set[str]


@dataclass
class Harvest:
    """What came of the files so far."""

    parts: dict[str, list[Taken]] = field(default_factory=lambda: {split: [] for split in SPLITS})
    rejected: list[Rejected] = field(default_factory=list)
    seen: dict[tuple[str, str], _Seen] = field(default_factory=dict)
    ids: set[str] = field(default_factory=set)

    @property
    def rows(self) -> int:
        return sum(map(len, self.parts.values()))

    def take(self, question: Question, part: str, found: Found) -> None:
        """Put a question into a part.

        Raises:
            BadRow: it is there already. An open question may stand in one part with several different answers.
        """
        first = self.seen.setdefault((part, fingerprint(question)), _Seen(found.origin, set()))
        answer = answer_mark(question)
        if answer in first.answers:
            raise BadRow(_same_as(first.origin), _AGAIN)
        if question.is_choice and first.answers:
            here = _same_as(first.origin)
            raise BadRow(Text(f"{here.en}, with another answer", f"{here.zh}，但答案不同"), _CONTRADICTED)
        first.answers.add(answer)
        if question.id in self.ids:
            question = question.model_copy(update={"id": self._unused(question.id, found.origin)})
        self.ids.add(question.id)
        self.parts[part].append(Taken(question, twin_key(question), found))

    def reject(self, found: Found, bad: BadRow) -> None:
        self.rejected.append(Rejected(found, bad.reason, bad.kind))

    def settle(self) -> None:
        """Reject the rows whose question stands in a stronger part: test before val before train.

        A test set stays whole wherever its files stand in the recipe; what gives way is the row that would have
        given a test question away, be it with more options or as an open question.
        """
        held: dict[str, tuple[str, Taken]] = {}
        for part in _STRONGEST_FIRST:
            kept: list[Taken] = []
            for item in self.parts[part]:
                if item.twin in held:
                    self.reject(item.found, _stands_in(*held[item.twin]))
                else:
                    kept.append(item)
            held.update((item.twin, (part, item)) for item in reversed(kept))  # reversed: the first one is named
            self.parts[part] = kept
        self.rejected.sort(key=lambda item: (item.found.file, item.origin.line))

    def _unused(self, name: str, origin: Origin) -> str:
        """Return an id that no question has: files may number their rows alike, and reports must tell them apart."""
        longer = unused = f"{name}@{origin.file}:{origin.line}"
        number = 1
        while unused in self.ids:
            number += 1
            unused = f"{longer}#{number}"
        return unused


def _same_as(origin: Origin) -> Text:
    return Text(
        f"the same question as {origin.file} line {origin.line}", f"与 {origin.file} 第 {origin.line} 行的题目相同"
    )


def _stands_in(part: str, item: Taken) -> BadRow:
    """Return the fault of a row that asks what a stronger part asks."""
    chinese = SPLITS[part].zh
    here = _same_as(item.found.origin)
    return BadRow(
        Text(f"{here.en}, which is in the {part} part", f"{here.zh}，而那一行已归入{chinese}"),
        Text(f"the same question as a row of the {part} part", f"与{chinese}中某行的题目相同"),
    )
