"""Rows without names: a list of texts a line, or a table without a header, told by what stands where.

One row in:
    ["What reverses heparin?", "Protamine sulfate."]
One question out:
    Question(stem="What reverses heparin?", gold="Protamine sulfate.")

Two texts are a question and its answer, an even number of more are a conversation; a question with four or five texts
and a letter behind them is multiple choice, as MMLU publishes it; turns that say who speaks are a conversation.
"""

from __future__ import annotations

import re

from studio.core.records import Message
from studio.core.text import Text
from studio.data.choice_options import read_options
from studio.data.gold import read_gold
from studio.data.layouts.base import BadRow, Layout, RowView, is_empty
from studio.data.records.base import Row, RowOrigin
from studio.data.records.conversation import Conversation
from studio.data.records.question import Question
from studio.data.row_view import kind_of, text_of
from studio.data.turns import answered, turns_of

_PLACE = re.compile(r"\d{1,3}|column \d{1,3}")
_MARK = re.compile(r"^\s*[问答QA]\s*[:：]\s*")
_SPOKEN = re.compile(r"^\s*(病人|患者|医生|patient|doctor|user|human)\s*[:：]", re.IGNORECASE)
_FEWEST_CHOICE = 4


def convert(row: RowView, source: RowOrigin) -> Row:
    """Turn a row into a question or a conversation. Raises BadRow with the reason."""
    name = f"{source.file}:{source.line}"
    if _are_turns(row):
        row.used.update(row.values)
        return Conversation(id=name, messages=answered(turns_of(list(row.values.values()))), source=source)
    texts = [text_of(value) for value in row.values.values()]
    row.used.update(row.values)
    if _is_choice(row):
        options = read_options(dict(zip("ABCDEFGHIJ", texts[1:-1], strict=False)))
        return Question(id=name, stem=texts[0], options=options, gold=read_gold(texts[-1], options), source=source)
    if any(_SPOKEN.match(text) for text in texts):
        return Conversation(id=name, messages=answered(turns_of(texts)), source=source)
    said = [_MARK.sub("", text) for text in texts]
    for text, what in zip(said, (Text("question", "问题"), Text("answer", "答案")), strict=False):
        if is_empty(text):
            raise BadRow(Text(f"the {what.en} is empty", f"{what.zh}为空"))
    if len(said) == 2:
        return Question(id=name, stem=said[0], gold=said[1], source=source)
    turns = tuple(
        Message(role="assistant" if place % 2 else "user", content=text) for place, text in enumerate(said) if text
    )
    return Conversation(id=name, messages=turns, source=source)


def _are_turns(row: RowView) -> bool:
    return all(isinstance(value, dict) and kind_of([value]) == "turns" for value in row.values.values())


def _is_choice(row: RowView) -> bool:
    kinds = row.kinds()
    return len(kinds) >= _FEWEST_CHOICE and kinds[-1] == "letter"


def _fits(row: RowView) -> bool:
    """Return whether no column has a name, and what stands in them is what a row of these is made of."""
    kinds = row.kinds()
    if len(kinds) < 2 or not all(_PLACE.fullmatch(str(column)) for column in row.values):
        return False
    if _are_turns(row):
        return True
    told = all(kind not in ("turns", "records", "lists", "mapping", "texts") for kind in kinds)
    spoken = any(isinstance(value, str) and _SPOKEN.match(value) for value in row.values.values())
    return told and (spoken or _is_choice(row) or len(kinds) % 2 == 0)


LAYOUT = Layout(
    title=Text("Rows without names", "无字段名的数据行"),
    needs=(),
    takes=frozenset(),
    convert=convert,
    examples=(
        {"0": "What reverses heparin?", "1": "Protamine sulfate."},
        {"column 1": "肝素过量用什么拮抗？", "column 2": "维生素K", "column 3": "鱼精蛋白", "column 4": "B"},
    ),
    fits=_fits,
    order=90,
)
