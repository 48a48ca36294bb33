"""Which questions of a dataset are asked."""

from __future__ import annotations

import hashlib
from pathlib import Path

from studio.core.errors import InputError
from studio.core.text import Text
from studio.data.dataset_folder import SPLITS, read_rows, record_of
from studio.data.records.question import Question


def choose(dataset: Path, split: str, limit: int | None, seed: int) -> list[Question]:
    """Return the questions of a part in file order, at most `limit`, drawn by the seed.

    A question's draw depends on the seed and its id alone: a larger limit asks the same ones and more.

    Raises:
        InputError: the dataset holds something else, or the part no questions; says which parts do.
    """
    record = record_of(dataset)
    if record is not Question:
        raise InputError(
            Text(
                f"an evaluation asks questions, and this dataset holds {record.noun.en}s",
                f"评测使用题目，而这个数据集的内容是{record.noun.zh}",
            ),
            Text("Choose a dataset of questions.", "请选择题目数据集。"),
            "dataset",
        )
    rows = {row.id: row for row in read_rows(dataset, split) if isinstance(row, Question)}
    if not rows:
        held = {part: sum(isinstance(row, Question) for row in read_rows(dataset, part)) for part in SPLITS}
        listed = ", ".join(f"{part} {count}" for part, count in held.items())
        raise InputError(
            Text(
                f"the {split} part of this dataset holds no questions (questions by part: {listed})",
                f"这个数据集的 {split} 部分没有题目（各部分题数：{listed}）",
            ),
            Text(
                "Choose another part, or give the dataset a larger share for it.", "请换一个部分，或调大该部分的比例。"
            ),
            "split",
        )
    if limit is None or limit >= len(rows):
        return list(rows.values())
    drawn = set(sorted(rows, key=lambda id: hashlib.sha256(f"{seed}\0{id}".encode()).digest())[:limit])
    return [rows[id] for id in rows if id in drawn]
