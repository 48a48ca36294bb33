"""A leak report: which rows of a dataset give questions of test sets away, both sides of each on file."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from studio.core.files import building, write_json
from studio.core.reporter import Reporter
from studio.core.text import Text
from studio.data.leaks.index import LeakIndex
from studio.data.leaks.leak import LEAKS_ABOUT, LEAKS_FILE, SORTS, Leak
from studio.data.leaks.portion import Portion
from studio.data.leaks.probe_index import ProbeIndex
from studio.data.leaks.probes import Probes
from studio.data.leaks.tally import Tally
from studio.data.records.base import Row

_BETWEEN_CHECKS = 2_000


def write_leaks(
    learned: Portion, tests: Sequence[Probes], near: float, overlap: float, folder: Path, report: Reporter
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
    index = ProbeIndex(tests, near, overlap)
    report.stage("search", Text(f"Looking through {learned.name}", f"检查 {learned.name}"))
    tally = Tally(index)
    with building(folder) as scratch, (scratch / LEAKS_FILE).open("w", encoding="utf-8") as stream:
        for row, place, leaks in _searched(index.leaks, learned, report):
            tally.rows += 1
            if not leaks:
                continue
            tally.note(leaks)
            side = {**place, "record": row.model_dump(mode="json", exclude_defaults=True)}
            stream.writelines(tally.line(leak, side) for leak in leaks)
        write_json(scratch / LEAKS_ABOUT, tally.dump(learned.name, learned.split))
    for note in tally.notices():
        report.notice(note)
    return {
        "rows": float(tally.rows),
        "leaking": float(tally.leaking),
        "questions": float(len(index.held)),
        "found": float(len(tally.strongest)),
        **{sort: float(tally.sorts[sort]) for sort in SORTS},
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
