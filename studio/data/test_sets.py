"""What a dataset gives away of the sets that its models will be tested on: found, and left out or reported."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import msgspec

from studio.core.errors import InputError
from studio.core.files import write_json
from studio.core.reporter import Reporter
from studio.core.text import Text
from studio.data.conversion import Dropped
from studio.data.deduplicate import POOLS
from studio.data.harvest import Harvest
from studio.data.leaks.leak import LEAKS_ABOUT, LEAKS_FILE, NEAR_FROM, OVERLAP_FROM, Leak
from studio.data.leaks.portion import EVERY
from studio.data.leaks.probe_index import ProbeIndex
from studio.data.leaks.probes import Probes, no_questions
from studio.data.leaks.tally import Tally
from studio.data.records.base import Row
from studio.data.without import leaked

LEAKS_FOLDER = "leaks"
"""Where the report lies in a dataset's folder: both sides of every leak that is in the dataset."""
_BETWEEN_CHECKS = 2_000


@dataclass
class GivenAway:
    """The rows that give test questions away, by their numbers; rows that go to the test part by their file are none.

    Args:
        tally: of all of them.
        looked_at: of each row, 1 where it was looked at.
        leaks: of each, the test questions.
        dropped: those that are left out for it, each with the reason.
        placed: of those in the dataset, the part and the line in its file.
        rows: how many rows of the dataset were looked at.
    """

    tally: Tally
    looked_at: bytes
    leaks: Mapping[int, Sequence[Leak]]
    dropped: Mapping[int, Dropped]
    placed: dict[int, tuple[str, int]] = field(default_factory=dict)
    rows: int = 0

    def place(self, number: int, part: str, line: int) -> None:
        """Take note of where a row of the dataset went, whether it gives anything away or not."""
        self.rows += self.looked_at[number]
        if number in self.leaks:
            self.placed[number] = (part, line)

    def write(self, harvest: Harvest, folder: Path) -> None:
        """Write the report on the rows that are in the dataset; none where all were to be left out, and were."""
        if harvest.recipe.leaks == "remove" and not self.placed:
            return
        left = Tally(self.tally.index, self.rows)
        (folder / LEAKS_FOLDER).mkdir()
        with (folder / LEAKS_FOLDER / LEAKS_FILE).open("w", encoding="utf-8") as stream:
            for number, (part, line) in self.placed.items():
                left.note(self.leaks[number])
                record = msgspec.json.decode(harvest.line(number))
                side = {"dataset": harvest.recipe.name, "split": part, "line": line, "record": record}
                stream.writelines(left.line(leak, side) for leak in self.leaks[number])
        write_json(folder / LEAKS_FOLDER / LEAKS_ABOUT, left.dump(harvest.recipe.name, EVERY))

    def said(self) -> Text:
        """Return how many rows give test questions away, for the end of a sentence."""
        here, gone = len(self.placed), len(self.dropped)
        if gone:
            still = Text(f", {here:,} more are in it" if here else "", f"，仍保留 {here:,} 行" if here else "")
            return Text(
                f"left out for giving test questions away: {gone:,}{still.en}",
                f"其中因泄漏测试题去除 {gone:,} 行{still.zh}",
            )
        return Text(f"rows that give test questions away: {here:,}", f"泄漏测试题的有 {here:,} 行")

    def dump(self) -> dict[str, Any]:
        """Return it as `dataset.json` holds it."""
        tests = self.tally.dump_tests()
        return {"rows": self.tally.rows, "leaking": len(self.placed), "dropped": len(self.dropped), "against": tests}


def given_away(harvest: Harvest, tests: Sequence[Probes], report: Reporter) -> GivenAway | None:
    """Look for the questions of test sets in the rows that were taken so far; None where there are no test sets.

    Raises:
        InputError: a test set cannot be read, or holds no question.
        Stopped: somebody asked.
    """
    if not tests:
        return None
    report.stage("index", Text("Reading the test sets", "读取测试集"))
    index = ProbeIndex(tests, NEAR_FROM, OVERLAP_FROM)
    held = index.counts()
    for number, test in enumerate(tests):
        if not held[number]:
            raise InputError(no_questions(test), None, f"test_sets.{number}")
    report.stage("search", Text("Looking for test questions", "查找测试题"))
    rows = harvest.deduplicator
    numbers = [number for number, pool in enumerate(rows.pools) if POOLS[pool] != "test"]
    tally = Tally(index)
    leaks: dict[int, Sequence[Leak]] = {}
    dropped: dict[int, Dropped] = {}
    for number, (_, found) in zip(numbers, index.leaks.search(_rows(harvest, numbers, report)), strict=True):
        tally.rows += 1
        if not found:
            continue
        tally.note(found)
        leaks[number] = found
        strongest = min(found, key=lambda leak: leak.strength)
        reason = leaked(index.held[strongest.probe][2], strongest.sort)
        if harvest.recipe.leaks == "remove" and not harvest.wants(rows.stands(number), reason):
            dropped[number] = reason
    harvest.tell_put_back()
    return GivenAway(tally, bytes(POOLS[pool] != "test" for pool in rows.pools), leaks, dropped)


def _rows(harvest: Harvest, numbers: Sequence[int], report: Reporter) -> Iterator[Row]:
    for done, number in enumerate(numbers):
        if done % _BETWEEN_CHECKS == 0:
            report.check_stop()
            report.progress(done, len(numbers), "rows")
        yield harvest.row(number)
    report.progress(len(numbers), len(numbers), "rows")
