"""LLaMA-Factory: the files with the `dataset_info.json` that registers each part as `NAME_train`, `NAME_val`, `NAME_test`.

Questions are Alpaca, everything else is ShareGPT; the folder is what `dataset_dir` names.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from studio.core.files import write_json
from studio.core.reporter import Reporter
from studio.core.text import Text
from studio.data.exporters import alpaca, sharegpt
from studio.data.exporters._lines import require_alternating, with_system, write_lines
from studio.data.exporters.base import DatasetParts, Exporter
from studio.data.records.base import Row
from studio.data.records.conversation import Conversation
from studio.data.records.judged import Judged
from studio.data.records.preference import Preference
from studio.data.records.question import Question

_ALPACA = {"prompt": "instruction", "query": "input", "response": "output", "system": "system", "history": "history"}
_SHAREGPT = {"messages": "conversations", "system": "system"}


def show(row: Row) -> Mapping[str, Any]:
    """Return a row as the format that its class is registered with."""
    if isinstance(row, Question):
        return alpaca.show(row)
    if isinstance(row, Preference):
        require_alternating(with_system(row.prompt)[1], "user")
    else:
        require_alternating(with_system(row.turns)[1], "assistant")
    return sharegpt.show(row)


def description(record: type[Row], file: str) -> dict[str, object]:
    """Return what `dataset_info.json` says of a file."""
    if record is Question:
        return {"file_name": file, "formatting": "alpaca", "columns": _ALPACA}
    about: dict[str, object] = {"file_name": file, "formatting": "sharegpt"}
    if record is Preference:
        return {**about, "ranking": True, "columns": {**_SHAREGPT, "chosen": "chosen", "rejected": "rejected"}}
    return {**about, "columns": {**_SHAREGPT, "kto_tag": "kto_tag"} if record is Judged else _SHAREGPT}


def write(parts: DatasetParts, folder: Path, report: Reporter) -> Counter[Text]:
    unshown = write_lines(parts, folder, report, show)
    registered = {f"{parts.name}_{split}": description(parts.record, f"{split}.jsonl") for split in parts.splits()}
    write_json(folder / "dataset_info.json", registered)
    return unshown


EXPORTER = Exporter(
    title=Text("LLaMA-Factory", "LLaMA-Factory"),
    help=Text(
        "The files with their dataset_info.json: name the folder as dataset_dir and the dataset as NAME_train. Rows in which "
        "user and assistant do not take turns are left out, and counted.",
        "数据文件及其 dataset_info.json：把 dataset_dir 设为该文件夹，数据集名为“名称_train”。用户与助手未逐轮交替的行不写出，并给出行数。",
    ),
    records=(Question, Conversation, Preference, Judged),
    write=write,
    order=40,
)
