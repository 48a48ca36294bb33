"""ShareGPT: turns a line, each `from` human or gpt; `chosen`/`rejected` or `kto_tag` for pairs and verdicts.

One row out:
    {"id": "q1", "conversations": [{"from": "human", "value": "What reverses heparin?"}, {"from": "gpt", "value":
     "Protamine."}], "system": ""}
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from studio.core.records import Message, Role
from studio.core.reporter import Reporter
from studio.core.text import Text
from studio.data.exporters._lines import with_system, write_lines
from studio.data.exporters.base import DatasetParts, Exporter
from studio.data.records.base import Row
from studio.data.records.conversation import Conversation
from studio.data.records.judged import Judged
from studio.data.records.preference import Preference
from studio.data.records.question import Question

_FROM: Mapping[Role, str] = {"system": "system", "user": "human", "assistant": "gpt"}


def show(row: Row) -> Mapping[str, Any]:
    """Return a row as ShareGPT has it."""
    system, turns = with_system(row.prompt if isinstance(row, Preference) else row.turns)
    shown = {"id": row.id, "conversations": [_turn(turn) for turn in turns], "system": system}
    if isinstance(row, Preference):
        better, worse = (Message(role="assistant", content=text) for text in (row.chosen, row.rejected))
        return {**shown, "chosen": _turn(better), "rejected": _turn(worse)}
    return {**shown, "kto_tag": row.good} if isinstance(row, Judged) else shown


def _turn(turn: Message) -> dict[str, str]:
    return {"from": _FROM[turn.role], "value": turn.content}


def write(parts: DatasetParts, folder: Path, report: Reporter) -> Counter[Text]:
    return write_lines(parts, folder, report, show)


EXPORTER = Exporter(
    title=Text("ShareGPT", "ShareGPT"),
    help=Text(
        "Conversations of any length. What a model sees and learns is kept; explanations and labels are not, and options "
        "become part of the question.",
        "任意轮数的对话。保留模型看到和学习的内容；不含解析和标签，选项并入问题文本。",
    ),
    records=(Question, Conversation, Preference, Judged),
    write=write,
    order=20,
)
