"""OpenAI messages, as TRL reads them: `messages`; pairs as `prompt`, `chosen`, `rejected`, verdicts as `prompt`, `completion`, `label`.

One row out:
    {"id": "q1", "messages": [{"role": "user", "content": "What reverses heparin?"}, {"role": "assistant", "content":
     "Protamine."}]}
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from studio.core.records import Message
from studio.core.reporter import Reporter
from studio.core.text import Text
from studio.data.exporters._lines import write_lines
from studio.data.exporters.base import DatasetParts, Exporter
from studio.data.records.base import Row
from studio.data.records.conversation import Conversation
from studio.data.records.judged import Judged
from studio.data.records.preference import Preference
from studio.data.records.question import Question


def show(row: Row) -> Mapping[str, Any]:
    """Return a row as messages."""
    if isinstance(row, Preference):
        return {
            "id": row.id,
            "prompt": _messages(row.prompt),
            "chosen": _said(row.chosen),
            "rejected": _said(row.rejected),
        }
    if isinstance(row, Judged):
        return {"id": row.id, "prompt": _messages(row.prompt), "completion": _said(row.answer), "label": row.good}
    return {"id": row.id, "messages": _messages(row.turns)}


def _messages(turns: Sequence[Message]) -> list[dict[str, str]]:
    return [{"role": turn.role, "content": turn.content} for turn in turns]


def _said(text: str) -> list[dict[str, str]]:
    return _messages([Message(role="assistant", content=text)])


def write(parts: DatasetParts, folder: Path, report: Reporter) -> Counter[Text]:
    return write_lines(parts, folder, report, show)


EXPORTER = Exporter(
    title=Text("Messages (OpenAI, TRL)", "Messages（OpenAI、TRL）"),
    help=Text(
        "The form of OpenAI's and TRL's trainers. What a model sees and learns is kept; explanations and labels are not, and "
        "options become part of the question.",
        "OpenAI 和 TRL 训练使用的格式。保留模型看到和学习的内容；不含解析和标签，选项并入问题文本。",
    ),
    records=(Question, Conversation, Preference, Judged),
    write=write,
    order=30,
)
