"""What became of every row that was read: an account a file, and each must balance."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field

from studio.core.errors import StudioError
from studio.core.text import Text

TAKEN, REJECTED, MERGED, DROPPED, BEYOND = "taken", "rejected", "merged", "dropped", "beyond"
OUTCOMES: Mapping[str, Text] = {
    TAKEN: Text("Taken", "采用"),
    REJECTED: Text("Rejected", "剔除"),
    MERGED: Text("Duplicates merged", "重复合并"),
    DROPPED: Text("Dropped by rule", "按规则丢弃"),
    BEYOND: Text("Beyond the limit", "超出上限"),
}
"""All that can become of a row."""
LEFT_OUT = (REJECTED, MERGED, DROPPED)
"""The outcomes whose rows are kept, with the reason, in a file of their own."""
_EXAMPLES = 12


@dataclass
class Account:
    """What became of one file's rows.

    Args:
        rows: how many the file has.
        read: how many they gave to be judged: a case counts by its questions, a row that gives nothing as one.
        outcomes: what became of those.
    """

    rows: int = 0
    read: int = 0
    outcomes: Counter[str] = field(default_factory=Counter)

    @property
    def is_balanced(self) -> bool:
        return self.read == self.outcomes.total()

    def dump(self) -> dict[str, int]:
        """Return the figures as `dataset.json` holds them."""
        return {"rows": self.rows, "read": self.read, **{name: self.outcomes[name] for name in OUTCOMES}}


@dataclass
class Ledger:
    """The accounts of a dataset's files, in their order, and why rows were left out.

    Args:
        reasons: how many rows have each outcome and reason.
        examples: where the first of them stand.
        first: where the first row stands that was left out, and why.
    """

    files: list[Account] = field(default_factory=list)
    reasons: Counter[tuple[str, Text]] = field(default_factory=Counter)
    examples: dict[tuple[str, Text], list[str]] = field(default_factory=dict)
    first: tuple[str, Text] | None = None

    def open(self) -> Account:
        """Begin the account of the next file."""
        self.files.append(Account())
        return self.files[-1]

    def dump_reasons(self) -> list[dict[str, object]]:
        """Return how many rows were left out for each reason as `dataset.json` holds it, the most first."""
        counts: Counter[Text] = Counter()
        for (_, kind), count in self.reasons.items():
            counts[kind] += count
        return [{"kind": kind.dump(), "rows": count} for kind, count in counts.most_common()]

    def leave_out(self, file: int, outcome: str, kind: Text, place: str) -> None:
        """Enter a row that is not taken.

        Args:
            kind: the reason without what differs from row to row.
            place: the file and the line, for a person.
        """
        self.files[file].outcomes[outcome] += 1
        self.reasons[outcome, kind] += 1
        places = self.examples.setdefault((outcome, kind), [])
        if len(places) < _EXAMPLES:
            places.append(place)

    def totals(self) -> Account:
        """Return the account of all files together."""
        together = Account()
        for account in self.files:
            together.rows += account.rows
            together.read += account.read
            together.outcomes.update(account.outcomes)
        return together

    def require_balanced(self, written: int) -> None:
        """Make sure that no row was lost or counted twice.

        Args:
            written: how many rows went into the dataset.

        Raises:
            StudioError: one was, which is a fault of the studio.
        """
        for number, account in enumerate(self.files, 1):
            if not account.is_balanced:
                raise _unbalanced(f"{number}", account.read, account.outcomes.total())
        taken = self.totals().outcomes[TAKEN]
        if taken != written:
            raise _unbalanced("dataset", taken, written)


def _unbalanced(where: str, read: int, found: int) -> StudioError:
    return StudioError(
        Text(
            f"the ledger does not balance: {read} rows were read, {found} are accounted for",
            f"账目不平：读取 {read} 行，有去向的 {found} 行",
        ),
        Text(
            "This is a fault of the studio, not of your files; nothing was made. Please report it.",
            "这是程序的错误，与您的文件无关；没有生成数据集。请反馈此问题。",
        ),
        f"sources {where}",
    )
