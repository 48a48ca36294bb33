"""What was found of test sets in rows: counted, and written down with both sides."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from studio.core.text import Text
from studio.data.leaks.leak import EXACT, SORTS, Leak
from studio.data.leaks.probe_index import ProbeIndex
from studio.data.leaks.probes import Probes


@dataclass
class Tally:
    """What was found of the questions of an index.

    Args:
        rows: how many rows were looked at.
        leaking: how many of them give a test question away.
        sorts: how many leaks there are of each sort.
        strongest: of each question that was found, the strongest sort in which it was.
    """

    index: ProbeIndex
    rows: int = 0
    leaking: int = 0
    sorts: Counter[str] = field(default_factory=Counter)
    strongest: dict[int, str] = field(default_factory=dict)

    def note(self, leaks: Sequence[Leak]) -> None:
        """Take note of a row that gives something away."""
        self.leaking += 1
        for leak in leaks:
            self.sorts[leak.sort] += 1
            held = self.strongest.get(leak.probe, leak.sort)
            self.strongest[leak.probe] = min(held, leak.sort, key=list(SORTS).index)

    def line(self, leak: Leak, row: Mapping[str, Any]) -> str:
        """Return the line of a leak; `row` is the record that it stands in, with its place."""
        _, probe, where = self.index.held[leak.probe]
        test = {**where, "record": probe.model_dump(mode="json", exclude_defaults=True)}
        said = {"sort": leak.sort, "score": leak.score, "place": leak.place, "row": row, "test": test}
        return json.dumps(said, ensure_ascii=False) + "\n"

    def by_test(self) -> list[Counter[str]]:
        """Return how many questions of each test set were found, by the strongest sort in which they were."""
        return [
            Counter(sort for number, sort in self.strongest.items() if self.index.held[number][0] == one)
            for one in range(len(self.index.tests))
        ]

    def dump_tests(self) -> list[dict[str, object]]:
        """Return what was found of each test set as `leaks.json` and `dataset.json` hold it."""
        held = self.index.counts()
        return [
            {
                "dataset": test.name,
                "split": test.split,
                "questions": held[number],
                "found": found.total(),
                "sorts": _in_order(found),
            }
            for number, (test, found) in enumerate(zip(self.index.tests, self.by_test(), strict=True))
        ]

    def dump(self, name: str, split: str) -> dict[str, object]:
        """Return it as `leaks.json` holds it."""
        return {
            "dataset": name,
            "split": split,
            "rows": self.rows,
            "leaking": self.leaking,
            "leaks": _in_order(self.sorts),
            "near": self.index.near,
            "overlap": self.index.overlap,
            "against": self.dump_tests(),
        }

    def notices(self) -> list[Text]:
        """Return what was found of each test set, in a sentence."""
        held = self.index.counts()
        return [
            _said(test, held[number], found)
            for number, (test, found) in enumerate(zip(self.index.tests, self.by_test(), strict=True))
        ]


def _in_order(counts: Mapping[str, int]) -> dict[str, int]:
    return {sort: counts[sort] for sort in SORTS if counts.get(sort)}


def _said(test: Probes, questions: int, found: Counter[str]) -> Text:
    if not found:
        return Text(
            f"{test.name}: none of its {questions:,} questions was found",
            f"{test.name}：{questions:,} 道题均未发现泄漏",
        )
    if found[EXACT] == questions:
        return Text(
            f"{test.name}: every one of its {questions:,} questions stands there: is it the training data itself?",
            f"{test.name}：{questions:,} 道题全部出现在其中——它会不会就是训练数据本身？",
        )
    en = ", ".join(f"{SORTS[sort].en} {count:,}" for sort, count in _in_order(found).items())
    zh = "、".join(f"{SORTS[sort].zh} {count:,} 道" for sort, count in _in_order(found).items())
    return Text(
        f"{test.name}: {found.total():,} of its {questions:,} questions were found ({en})",
        f"{test.name}：{questions:,} 道题中发现 {found.total():,} 道（{zh}）",
    )
