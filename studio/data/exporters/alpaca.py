"""Alpaca: an instruction and its output a line, with `system` and `history`; `chosen`/`rejected` or `kto_tag` for pairs and verdicts.

One row out:
    {"id": "q1", "instruction": "What reverses heparin?", "input": "", "output": "Protamine.", "system": "", "history": []}
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from studio.core.records import Message
from studio.core.reporter import Reporter
from studio.core.text import Text
from studio.data.exporters._lines import require_alternating, with_system, write_lines
from studio.data.exporters.base import DatasetParts, Exporter
from studio.data.records.base import Row
from studio.data.records.conversation import Conversation
from studio.data.records.judged import Judged
from studio.data.records.preference import Preference
from studio.data.records.question import Question


def show(row: Row) -> Mapping[str, Any]:
    """Return a row as Alpaca has it. Raises UnshownError where its turns are no question and answer in turn."""
    if isinstance(row, Preference):
        asked = _asked(row.prompt)
        return {"id": row.id, **asked, "chosen": row.chosen, "rejected": row.rejected}
    *prompt, last = row.turns
    require_alternating(with_system(row.turns)[1], "assistant")
    shown = {"id": row.id, **_asked(prompt), "output": last.content}
    return {**shown, "kto_tag": row.good} if isinstance(row, Judged) else shown


def _asked(prompt: Sequence[Message]) -> dict[str, Any]:
    system, turns = with_system(prompt)
    require_alternating(turns, "user")
    *before, last = [turn.content for turn in turns]
    history = [list(pair) for pair in zip(before[::2], before[1::2], strict=True)]
    return {"instruction": last, "input": "", "system": system, "history": history}


def write(parts: DatasetParts, folder: Path, report: Reporter) -> Counter[Text]:
    return write_lines(parts, folder, report, show)


EXPORTER = Exporter(
    title=Text("Alpaca", "Alpaca"),
    help=Text(
        "Instruction and output, as most trainers read. What a model sees and learns is kept; explanations and labels are "
        "not, and options become part of the instruction.",
        "指令与回答，多数训练工具都能读取。保留模型看到和学习的内容；不含解析和标签，选项并入指令文本。",
    ),
    records=(Question, Conversation, Preference, Judged),
    write=write,
    order=10,
)
