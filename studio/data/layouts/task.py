"""An instruction task with the answers that are possible, as PromptCBLUE has them.

One row in:
    {"input": "Which drug reverses heparin? vitamin K, protamine", "target": "protamine",
     "answer_choices": ["vitamin K", "protamine"], "task_type": "cls"}
One question out, open, for the choices stand in its text already:
    Question(stem="Which drug reverses heparin? vitamin K, protamine", gold="protamine")
"""

from __future__ import annotations

from studio.core.text import Text
from studio.data.layouts.base import BadRow, Layout, RowView, identity, is_empty, labels
from studio.data.records.base import RowOrigin
from studio.data.records.question import Question
from studio.data.roles import folded


def convert(row: RowView, source: RowOrigin) -> Question:
    """Turn a row into an open question. Raises BadRow with the reason."""
    stem, gold = row.text("input", "question"), row.text("answer")
    row.value("options")  # they stand in its text already
    if not stem or is_empty(gold):
        raise BadRow(Text("the question or the answer is empty", "问题或答案为空"))
    return Question(id=identity(row, source), stem=stem, gold=gold, labels=labels(row), source=source)


def _is_task(row: RowView) -> bool:
    names = {folded(str(column)) for column in row.values}
    return {"answerchoices", "tasktype"} <= names and ("target" in names or "output" in names)


LAYOUT = Layout(
    title=Text("Task with possible answers (PromptCBLUE)", "带候选答案的任务（PromptCBLUE）"),
    needs=(("input", "question"), ("answer",), ("options",)),
    takes=frozenset(),
    convert=convert,
    examples=(
        {
            "input": "判断两句话意思是否相同：头痛；头疼。选项：相同，不同",
            "target": "相同",
            "answer_choices": ["相同", "不同"],
            "task_type": "cls",
        },
    ),
    fits=_is_task,
    order=7,
)
