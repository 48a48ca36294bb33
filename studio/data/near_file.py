"""The near duplicates among the rows that were read: found, and written down beside the dataset for people to look at."""

from __future__ import annotations

from pathlib import Path

import msgspec
import numpy as np

from studio.core.reporter import Reporter
from studio.core.text import Text
from studio.data.dataset_folder import NEAR_FILE
from studio.data.dealing import Dealt
from studio.data.families import most_alike, without_templates
from studio.data.harvest import Harvest
from studio.data.ledger import BEYOND, DROPPED, MERGED, REJECTED
from studio.data.near import near_pairs

_SHOWN = 20  # rows of a cluster


def near_duplicates(harvest: Harvest, report: Reporter) -> tuple[list[tuple[int, int]], int]:
    """Return pairs of rows that are near duplicates, and how many rows a template has made.

    Raises:
        Stopped: somebody asked.
    """
    texts = harvest.texts
    if texts is None:
        return [], 0
    report.stage("near", Text("Looking for near duplicates", "查找近似重复"))
    keys = np.frombuffer(harvest.families.keys["question"], np.uint64)
    entries = np.unique(keys, return_index=True)[1]  # in the order of their digests, whatever that of the rows
    firsts = np.frombuffer(harvest.families.rows, np.int64)[entries].tolist()

    def check(done: int) -> None:
        report.check_stop()
        report.progress(done, len(firsts), "rows")

    most = most_alike(len(firsts))
    found = near_pairs(lambda number: texts.line(number).decode(), firsts, harvest.recipe.similarity, most, check)
    return without_templates(list(found), len(firsts))


def write_near(harvest: Harvest, dealt: Dealt, folder: Path) -> dict[str, int]:
    """Write the clusters of near duplicates, one a line with the first of its rows, and return how many there are."""
    with (folder / NEAR_FILE).open("wb") as file:
        for numbers in dealt.near:
            rows = []
            for number in numbers[:_SHOWN]:
                rows.append({"became": _became(number, dealt), "row": msgspec.json.decode(harvest.line(number))})
            file.write(msgspec.json.encode({"texts": len(numbers), "near": rows}) + b"\n")
    merged_nearly = sum(merged.nearly for merged in dealt.merged.values())
    return {
        "clusters": len(dealt.near),
        "texts": sum(len(numbers) for numbers in dealt.near),
        "merged": merged_nearly,
    }


def _became(number: int, dealt: Dealt) -> str:
    """Return the part of a row, or what became of it instead."""
    if number in dealt.merged:
        return MERGED
    if number in dealt.dropped:
        return DROPPED
    if number in dealt.leaks:
        return REJECTED
    return BEYOND if number in dealt.beyond else dealt.part(number)
