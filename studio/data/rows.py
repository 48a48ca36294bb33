"""Reading the rows of a dataset that a run made."""

from __future__ import annotations

from pathlib import Path

from pydantic import TypeAdapter, ValidationError

from studio.core.errors import InputError
from studio.core.files import require_file
from studio.core.records import Conversation, Question
from studio.core.text import Text

Row = Question | Conversation
_ROW: TypeAdapter[Row] = TypeAdapter(Row)


def read_rows(folder: Path, split: str) -> list[Row]:
    """Return the rows of one part (`train`, `val` or `test`) of a dataset folder, in file order.

    Raises:
        InputError: the folder is no dataset, or a line in it is no row; with the line.
    """
    path = folder / f"{split}.jsonl"
    if not path.exists():
        raise InputError(
            Text(
                "this folder is no dataset (a dataset has train.jsonl, val.jsonl and test.jsonl)",
                "这个文件夹不是数据集（数据集应有 train.jsonl、val.jsonl 和 test.jsonl）",
            ),
            Text("Make one with a `kind: dataset` recipe.", "请用 `kind: dataset` 配方生成。"),
            str(folder),
        )
    if path.stat().st_size == 0:
        return []
    rows = []
    with require_file(path).open(encoding="utf-8") as stream:
        for number, line in enumerate(stream, 1):
            if not line.strip():
                continue
            try:
                rows.append(_ROW.validate_json(line))
            except ValidationError as error:
                raise InputError(
                    Text("this line is no question and no conversation", "这一行既不是题目也不是对话"),
                    Text("Make the dataset again with its recipe.", "请用配方重新生成数据集。"),
                    f"{path} line {number}",
                ) from error
    return rows
