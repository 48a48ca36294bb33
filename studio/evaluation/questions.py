"""Which questions of a dataset are asked."""

from __future__ import annotations

import hashlib
from pathlib import Path

from studio.core.errors import InputError
from studio.core.text import Text
from studio.data.dataset_folder import SPLITS, read_rows, record_of
from studio.data.records.question import Question


def require_questions(dataset: Path, where: str = "dataset") -> None:
    """Raise InputError where a dataset's rows have no right answer to compare with."""
    record = record_of(dataset)
    if record is not Question:
        raise InputError(
            Text(
                f"an evaluation asks questions, and this dataset holds {record.noun.en}s",
                f"评测使用题目，而这个数据集的内容是{record.noun.zh}",
            ),
            Text(
                "Choose a dataset of questions: each row has one right answer to compare with.",
                "请选择题目数据集：每一行都有可以比对的标准答案。",
            ),
            where,
        )


def choose(dataset: Path, split: str, limit: int | None, seed: int) -> list[Question]:
    """Return the questions of a part in file order, at most `limit`, drawn by the seed.

    A question's draw depends on the seed and its id alone: a larger limit asks the same ones and more.

    Raises:
        InputError: the dataset holds something else, or the part no questions; says which parts do.
    """
    require_questions(dataset)
    rows = {row.id: row for row in read_rows(dataset, split) if isinstance(row, Question)}
    if not rows:
        held = {part: sum(isinstance(row, Question) for row in read_rows(dataset, part)) for part in SPLITS}
        listed = ", ".join(f"{SPLITS[part].en.lower()} {count}" for part, count in held.items())
        listed_zh = "、".join(f"{SPLITS[part].zh} {count}" for part, count in held.items())
        raise InputError(
            Text(
                f"the {SPLITS[split].en.lower()} split of this dataset holds no questions (questions by split: {listed})",
                f"这个数据集的{SPLITS[split].zh}里没有题目（各划分的题数：{listed_zh}）",
            ),
            Text(
                "Choose another split, or give it a larger share of the dataset.", "请换一个数据划分，或调大它的比例。"
            ),
            "split",
        )
    if limit is None or limit >= len(rows):
        return list(rows.values())
    drawn = set(sorted(rows, key=lambda id: hashlib.sha256(f"{seed}\0{id}".encode()).digest())[:limit])
    return [rows[id] for id in rows if id in drawn]
