"""A question whose answers are judged by criteria, as HealthBench has them.

One row in:
    {"prompt": [{"role": "user", "content": "Chest pain?"}], "rubrics": [{"criterion": "Says to call for help.", "points": 5}]}
One row out:
    Rubric(prompt=(user: "Chest pain?",), criteria=("Says to call for help.": 5,))
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from studio.core.text import Text
from studio.data.layouts.base import BadRow, Layout, RowView, identity, labels
from studio.data.records.base import RowOrigin
from studio.data.records.rubric import Criterion, Rubric
from studio.data.row_view import text_of
from studio.data.turns import turns_of


def convert(row: RowView, source: RowOrigin) -> Rubric:
    """Turn a row into a question with criteria. Raises BadRow with the reason."""
    prompt = row.value("messages", "question")
    turns = turns_of(prompt if isinstance(prompt, list) else [{"role": "user", "content": text_of(prompt)}])
    return Rubric(
        id=identity(row, source),
        prompt=turns,
        criteria=tuple(map(_criterion, row.value("criteria") or ())),
        labels=labels(row),
        source=source,
    )


def _criterion(item: Any) -> Criterion:
    if not isinstance(item, Mapping):
        return Criterion(text=text_of(item), points=1)
    text = next((text_of(item[name]) for name in ("criterion", "text", "description", "要点") if item.get(name)), "")
    points = item.get("points", item.get("score", 1))
    if not text or isinstance(points, bool) or not isinstance(points, int | float):
        raise BadRow(Text("a criterion has no text or no points", "有一条评分要点没有文字或分值"))
    return Criterion(text=text, points=points)


LAYOUT = Layout(
    title=Text("Rubric question", "带评分要点的题目"),
    needs=(("question", "messages"), ("criteria",)),
    takes=frozenset({"answer"}),
    convert=convert,
    examples=(
        {
            "prompt": [{"role": "user", "content": "Chest pain?"}],
            "rubrics": [{"criterion": "Says to call for help.", "points": 5}],
        },
    ),
    # criteria in words stand beside an answer where there is one, as K-QA has them
    fits=lambda row: row.kind("criteria") == "records" or not row.stands("answer"),
    order=8,
)
