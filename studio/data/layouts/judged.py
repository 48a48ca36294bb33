"""An answer with a verdict, as KTO learns from.

One row in:
    {"prompt": "What reverses heparin?", "response": "Vitamin K.", "label": false}
One judged answer out:
    Judged(prompt=(user: "What reverses heparin?",), answer="Vitamin K.", good=False)
"""

from __future__ import annotations

from studio.core.text import Text
from studio.data.layouts.base import BadRow, Layout, RowView, identity, labels
from studio.data.layouts.dialogue import conversation
from studio.data.records.base import RowOrigin
from studio.data.records.judged import Judged
from studio.data.row_view import written
from studio.data.turns import answered

GOOD = frozenset(
    [
        "1",
        "true",
        "yes",
        "good",
        "positive",
        "pos",
        "chosen",
        "accept",
        "accepted",
        "desirable",
        "correct",
        "right",
        "thumbs_up",
        "是",
        "好",
        "对",
        "优",
        "正确",
        "合格",
    ]
)
BAD = frozenset(
    [
        "0",
        "-1",
        "false",
        "no",
        "bad",
        "negative",
        "neg",
        "rejected",
        "reject",
        "undesirable",
        "incorrect",
        "wrong",
        "thumbs_down",
        "否",
        "差",
        "错",
        "错误",
        "不好",
        "不合格",
    ]
)
"""What a verdict on an answer is written as, in one case."""


def convert(row: RowView, source: RowOrigin) -> Judged:
    """Turn a row into a judged answer. Raises BadRow with the reason."""
    *prompt, last = answered(conversation(row))
    return Judged(
        id=identity(row, source),
        prompt=tuple(prompt),
        answer=last.content,
        good=_verdict(row),
        labels=labels(row),
        source=source,
    )


def _verdict(row: RowView) -> bool:
    value = row.value("verdict")
    said = written(value).casefold()
    if said in GOOD or said in BAD:
        return said in GOOD
    column = row.columns["verdict"][0]
    if value is None:
        raise BadRow(
            Text(
                f"'{column}' is empty: whether the answer is good is not said", f"“{column}”为空，没有说明回答是好是坏"
            )
        )
    shown = said[:40]
    raise BadRow(
        Text(
            f"'{column}' is {shown!r}, which does not say whether the answer is good",
            f"“{column}”为“{shown}”，没有说明回答是好是坏",
        ),
        Text("the label does not say whether the answer is good", "标签没有说明回答是好是坏"),
        dict.fromkeys(row.columns["verdict"], "verdict"),
    )


def _is_judged(row: RowView) -> bool:
    return row.kind("verdict") in ("truth", "number", "nothing", "letter", "text")


LAYOUT = Layout(
    title=Text("Judged answer", "带评判的回答"),
    needs=(("verdict",), ("question", "messages", "input"), ("answer", "messages")),
    takes=frozenset({"system", "history", "question", "input", "messages", "answer", "tools"}),
    convert=convert,
    examples=(
        {"prompt": "What reverses heparin?", "response": "Vitamin K.", "label": False},
        {"instruction": "肝素过量怎么办？", "input": "", "output": "用维生素K。", "kto_tag": False},
        {
            "messages": [
                {"role": "user", "content": "肝素过量怎么办？"},
                {"role": "assistant", "content": "用鱼精蛋白。"},
            ],
            "label": True,
        },
    ),
    fits=_is_judged,
    order=15,
)
