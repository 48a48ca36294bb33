"""A leak report: which rows of a dataset give questions of test sets away, both sides of each on file."""

from __future__ import annotations

import json
from collections import Counter, deque
from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from studio.core.files import building, write_json
from studio.core.reporter import Reporter
from studio.core.text import Text
from studio.data.leaks.index import LeakIndex
from studio.data.leaks.leak import LEAKS_ABOUT, LEAKS_FILE, SORTS, Leak
from studio.data.leaks.portion import Portion
from studio.data.records.base import Row

_BETWEEN_CHECKS = 2_000


def write_leaks(
    learned: Portion, tests: Sequence[Portion], near: float, overlap: float, folder: Path, report: Reporter
) -> dict[str, float]:
    """Look for the questions of test sets in what is learned, and write `leaks.jsonl` and `leaks.json`.

    Args:
        learned: the rows that a model is to learn from.
        tests: whose questions are looked for.
        near: how alike two questions are that count as near-duplicates.
        overlap: the least share of a question that shared 13-grams cover.
        folder: where the report goes, written whole or not at all.

    Returns:
        How many `rows` and `questions` were looked at, how many of them leak, and the leaks of each sort.

    Raises:
        InputError: something is no dataset.
        Stopped: somebody asked; nothing is written.
    """
    report.stage("index", Text("Reading the test sets", "读取测试集"))
    probes = [(number, *item) for number, test in enumerate(tests) for item in test.rows()]
    index = LeakIndex([row for _, row, _ in probes], near, overlap)
    report.stage("search", Text(f"Looking through {learned.name}", f"检查 {learned.name}"))
    sorts: Counter[str] = Counter()
    strongest: dict[int, str] = {}
    looked_at: Counter[bool] = Counter()
    with building(folder) as scratch, (scratch / LEAKS_FILE).open("w", encoding="utf-8") as stream:
        for row, place, leaks in _searched(index, learned, report):
            looked_at[bool(leaks)] += 1
            for leak in leaks:
                sorts[leak.sort] += 1
                strongest[leak.probe] = min(strongest.get(leak.probe, leak.sort), leak.sort, key=list(SORTS).index)
                _, probe, where = probes[leak.probe]
                stream.write(_line(leak, {**place, **_side(row)}, {**where, **_side(probe)}))
        found = [Counter(s for number, s in strongest.items() if probes[number][0] == one) for one in range(len(tests))]
        held = Counter(number for number, *_ in probes)
        about = {
            "dataset": learned.name,
            "split": learned.split,
            "rows": looked_at.total(),
            "leaking": looked_at[True],
            "leaks": _in_order(sorts),
            "near": near,
            "overlap": overlap,
            "against": [
                {
                    "dataset": test.name,
                    "split": test.split,
                    "questions": held[number],
                    "found": found[number].total(),
                    "sorts": _in_order(found[number]),
                }
                for number, test in enumerate(tests)
            ],
        }
        write_json(scratch / LEAKS_ABOUT, about)
    for number, test in enumerate(tests):
        report.notice(_said(test, held[number], found[number]))
    return {
        "rows": float(looked_at.total()),
        "leaking": float(looked_at[True]),
        "questions": float(len(probes)),
        "found": float(len(strongest)),
        **{sort: float(sorts[sort]) for sort in SORTS},
    }


def _searched(
    index: LeakIndex, learned: Portion, report: Reporter
) -> Iterator[tuple[Row, Mapping[str, Any], list[Leak]]]:
    places: deque[Mapping[str, Any]] = deque()
    total = learned.count()

    def rows() -> Iterable[Row]:
        for number, (row, place) in enumerate(learned.rows()):
            if number % _BETWEEN_CHECKS == 0:
                report.check_stop()
                report.progress(number, total, "rows")
            places.append(place)
            yield row

    for row, leaks in index.search(rows()):
        yield row, places.popleft(), leaks
    report.progress(total, total, "rows")


def _side(row: Row) -> dict[str, Any]:
    return {"record": row.model_dump(mode="json", exclude_defaults=True)}


def _line(leak: Leak, row: Mapping[str, Any], test: Mapping[str, Any]) -> str:
    said = {"sort": leak.sort, "score": leak.score, "place": leak.place, "row": row, "test": test}
    return json.dumps(said, ensure_ascii=False) + "\n"


def _in_order(counts: Mapping[str, int]) -> dict[str, int]:
    return {sort: counts[sort] for sort in SORTS if counts.get(sort)}


def _said(test: Portion, questions: int, found: Counter[str]) -> Text:
    """Return what was found of a test set, in a sentence."""
    if not found:
        return Text(
            f"{test.name}: none of its {questions:,} questions was found",
            f"{test.name}：{questions:,} 道题均未发现泄漏",
        )
    if found["exact"] == questions:
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
