"""Cleaning rows: the checks look at each, and what they find is counted, put right, or a reason to drop the row."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, BinaryIO

from studio.core.text import Text
from studio.data.checks import CHECKS
from studio.data.checks.base import Action, Check, Finding, holds
from studio.data.conversion import Dropped
from studio.data.records.base import Row

FINDINGS_FILE = "findings.jsonl"
"""Everything that the checks found, in the order of the rows."""
_SAMPLES = 5  # of a check
_SHOWN = 200  # characters


@dataclass(frozen=True)
class Found:
    """What a check found in a row, and what was done about it: a fix that is wanted and not known counts only."""

    check: str
    finding: Finding
    action: Action


class Unclean(Dropped):
    """A row that a check drops, with everything that was found in it."""

    def __init__(self, title: Text, found: Sequence[Found]) -> None:
        kind = found[-1].finding.kind
        super().__init__(Text(f"{title.en}: {kind.en}", f"{title.zh}：{kind.zh}"), kind)
        self.found = found


class Cleaner:
    """Does the checks of a recipe, those with a lower order first.

    Args:
        chosen: what is done where a check finds something; a check that is not named does what it does by itself.
    """

    def __init__(self, chosen: Mapping[str, Action] | None = None) -> None:
        self.said = dict(chosen or {})
        checks = sorted(CHECKS.all().items(), key=lambda item: (item[1].order, item[0]))
        self.actions: dict[str, Action] = {name: self.said.get(name, check.action) for name, check in checks}
        self._checks = [(name, check, self.actions[name]) for name, check in checks if self.actions[name] != "off"]
        self._by_signs = any(check.signs for _, check, _ in self._checks)
        self.compares = any(check.beside is not None for _, check, _ in self._checks)
        """Whether a check looks at a row beside the first one that asks the same."""

    def clean(self, row: Row, drops: bool = True) -> tuple[Row, Sequence[Found]]:
        """Return a row, put right where a check does that, and what was found in it.

        Args:
            drops: whether a check may drop it; where not, that only counts, and the other checks do what they do.

        Raises:
            Unclean: a check drops it.
        """
        found: list[Found] = []
        text = "\n".join(row.texts()) if self._by_signs else ""
        for name, check, action in self._checks:
            if check.signs and not holds(text, check.signs):
                continue
            finding = check.find(row)
            if finding is None:
                continue
            if action == "drop" and drops:
                found.append(Found(name, finding, "drop"))
                raise Unclean(check.title, found)
            if action == "fix" and finding.fixed is not None:
                found.append(Found(name, finding, "fix"))
                row = finding.fixed
                text = "\n".join(row.texts())
            else:
                found.append(Found(name, finding, "count"))
        return row, found

    def beside(self, row: Row, first: Row, drops: bool = True) -> Sequence[Found]:
        """Return what is found in a row beside the first one that asks the same.

        Args:
            drops: whether a check may drop it; where not, that only counts.

        Raises:
            Unclean: a check drops it.
        """
        found: list[Found] = []
        for name, check, action in self._checks:
            finding = check.beside(row, first) if check.beside is not None else None
            if finding is None:
                continue
            found.append(Found(name, finding, "drop" if action == "drop" and drops else "count"))
            if found[-1].action == "drop":
                raise Unclean(check.title, found)
        return found


def _never(_: Unclean) -> bool:
    return False


@dataclass
class CheckCount:
    """How often a check found something, and what was done.

    Args:
        rows: in which it found something.
        fixed: of them, those that were put right.
        dropped: of them, those that are not in the dataset for it.
        samples: the first of them, as `dataset.json` holds them.
    """

    rows: int = 0
    fixed: int = 0
    dropped: int = 0
    samples: list[dict[str, object]] = field(default_factory=list)


class Findings:
    """Everything that was found in a dataset's rows, counted by check and written down.

    Args:
        cleaner: does the checks.
        stream: takes a line for each finding; none where they are only counted.
    """

    def __init__(self, cleaner: Cleaner, stream: BinaryIO | None = None) -> None:
        self.cleaner = cleaner
        self._stream = stream
        self.counts: dict[str, CheckCount] = {name: CheckCount() for name in cleaner.actions}
        self.fixed = 0
        """How many rows were put right by one check or several."""

    def clean(self, row: Row, file: str, line: int, wanted: Callable[[Unclean], bool] = _never) -> Row:
        """Return a row as the cleaner leaves it.

        Args:
            file: what people call the file that it came from, with the line.
            wanted: whether a row that a check drops is taken all the same; the other checks put it right as ever.

        Raises:
            Unclean: a check drops it.
        """
        row, found = self._looked(lambda drops: self.cleaner.clean(row, drops), row.id, file, line, wanted)
        self.fixed += any(each.action == "fix" for each in found)
        return row

    def beside(self, row: Row, first: Row, file: str, line: int, wanted: Callable[[Unclean], bool] = _never) -> None:
        """Look at a row beside the first one that asks the same; the arguments are those of `clean`.

        Raises:
            Unclean: a check drops it.
        """
        self._looked(lambda drops: (row, self.cleaner.beside(row, first, drops)), row.id, file, line, wanted)

    def _looked(
        self,
        look: Callable[[bool], tuple[Row, Sequence[Found]]],
        id_: str,
        file: str,
        line: int,
        wanted: Callable[[Unclean], bool],
    ) -> tuple[Row, Sequence[Found]]:
        """Return what a look gives, and enter what was found."""
        try:
            row, found = look(True)
        except Unclean as unclean:
            if not wanted(unclean):
                self._enter(unclean.found, id_, file, line)
                raise
            row, found = look(False)
        self._enter(found, id_, file, line)
        return row, found

    def _enter(self, found: Iterable[Found], id_: str, file: str, line: int) -> None:
        for each in found:
            count, finding = self.counts[each.check], each.finding
            count.rows += 1
            count.fixed += each.action == "fix"
            count.dropped += each.action == "drop"
            if len(count.samples) < _SAMPLES:
                after = None if finding.fixed is None else finding.becomes[:_SHOWN]
                count.samples.append({"file": file, "line": line, "before": finding.shown[:_SHOWN], "after": after})
            if self._stream is not None:
                said = {
                    "file": file,
                    "line": line,
                    "id": id_,
                    "check": each.check,
                    "kind": finding.kind.dump(),
                    "action": each.action,
                    "shown": finding.shown[:_SHOWN],
                    **({"becomes": finding.becomes[:_SHOWN]} if each.action == "fix" else {}),
                }
                self._stream.write(json.dumps(said, ensure_ascii=False).encode(errors="backslashreplace") + b"\n")

    def dump(self) -> dict[str, dict[str, Any]]:
        """Return the counts as `dataset.json` holds them; a check that is off is there, with nothing found."""
        return {
            name: {
                "action": self.cleaner.actions[name],
                "said": name in self.cleaner.said,
                "rows": count.rows,
                "fixed": count.fixed,
                "dropped": count.dropped,
                "samples": count.samples,
            }
            for name, count in self.counts.items()
        }

    @property
    def dropped(self) -> int:
        """How many rows are not in the dataset for what a check found."""
        return sum(count.dropped for count in self.counts.values())

    def worst(self) -> tuple[Check, CheckCount] | None:
        """Return the check that dropped most rows, with its counts; None where none dropped any."""
        name = max(self.counts, key=lambda each: self.counts[each].dropped, default="")
        return (CHECKS.load(name), self.counts[name]) if name and self.counts[name].dropped else None
