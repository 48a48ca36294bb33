"""A question that is answered by yes, no or maybe.

One row in:
    {"question": "Does aspirin help?", "context": {"contexts": ["It did."]}, "final_decision": "yes", "long_answer": "It did."}
One question out:
    Question(stem="Does aspirin help?", options={"A": "yes", "B": "no", "C": "maybe"}, gold="A", contexts=("It did.",))

PubMedQA's forms, BioASQ's yes/no questions, and answers that are true or false.
"""

from __future__ import annotations

from typing import Any

from studio.core.scripts import language_of
from studio.core.text import Text
from studio.data.layouts.base import BadRow, Layout, RowView, group, identity, labels, text_of
from studio.data.passages import passages
from studio.data.records.base import RowOrigin
from studio.data.records.question import Question

_WORDS = {"en": ("yes", "no", "maybe"), "zh": ("是", "否", "不确定")}
_MEANS = {
    "yes": 0,
    "true": 0,
    "是": 0,
    "对": 0,
    "正确": 0,
    "√": 0,
    "no": 1,
    "false": 1,
    "否": 1,
    "错": 1,
    "错误": 1,
    "×": 1,
    "maybe": 2,
    "unknown": 2,
    "不确定": 2,
}


def convert(row: RowView, source: RowOrigin) -> Question:
    """Turn a row into a choice between yes, no and maybe. Raises BadRow with the reason."""
    stem = row.text("question")
    if not stem:
        raise BadRow(Text("the question is empty", "问题为空"))
    by_decision = row.has("decision")
    apart = by_decision or row.kind("accepted") == "truth"  # the answer beside it says why
    place = _place(row.value("decision") if by_decision else row.value("accepted") if apart else row.value("answer"))
    said = labels(row)
    words = _WORDS["zh" if language_of(stem) == "zh" else "en"][: 3 if by_decision else 2]
    return Question(
        id=identity(row, source),
        stem=stem,
        options=dict(zip("ABC", words, strict=False)),
        gold="ABC"[place],
        contexts=passages(row.value("context")),
        explanation=row.text("explanation") or (_first(row.value("answer")) if apart else ""),
        thought=row.text("thought"),
        group=group(row, said),
        labels=said,
        source=source,
    )


def _first(value: Any) -> str:
    while isinstance(value, list) and value:
        value = value[0]
    return text_of(value)


def _place(value: Any) -> int:
    said = str(value).strip().casefold()
    if said not in _MEANS:
        raise BadRow(
            Text(f"{said[:40]!r} is none of yes, no, maybe", f"“{said[:40]}”不是“是、否、不确定”之一"),
            Text("the answer is none of yes, no, maybe", "答案不是“是、否、不确定”之一"),
        )
    return _MEANS[said]


LAYOUT = Layout(
    title=Text("Yes, no or maybe", "是非判断题"),
    needs=(("question",), ("decision", "answer", "accepted")),
    takes=frozenset({"answer", "context", "thought", "explanation", "accepted"}),
    convert=convert,
    examples=(
        {
            "question": "Does aspirin help?",
            "context": {"contexts": ["It did."]},
            "final_decision": "yes",
            "long_answer": "It did.",
        },
        {"question": "肝素可用鱼精蛋白拮抗。", "answer": True},
        {
            "body": "Does protamine reverse heparin?",
            "type": "yesno",
            "exact_answer": "yes",
            "ideal_answer": ["Yes, it binds it.", "Yes."],
            "snippets": [{"text": "Protamine binds heparin."}],
        },
    ),
    fits=lambda row: (
        row.has("decision") or (not row.stands("decision") and "truth" in (row.kind("answer"), row.kind("accepted")))
    ),
    order=30,
)
