"""A prompt with a better and a worse answer, as DPO learns from.

One row in:
    {"prompt": "What reverses heparin?", "chosen": "Protamine sulfate.", "rejected": "Vitamin K."}
One pair out:
    Preference(prompt=(user: "What reverses heparin?",), chosen="Protamine sulfate.", rejected="Vitamin K.")

The prompt may be a conversation; an answer may be a text, a turn, or a conversation whose last turn it is. Where only a
`rejected_response` stands beside the answer, the answer is the better one. Of several worse answers each gives a pair.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from studio.core.records import Message
from studio.core.text import Text
from studio.data.layouts.base import BadRow, Layout, RowView, identity, is_empty, labels
from studio.data.layouts.dialogue import conversation
from studio.data.records.base import RowOrigin
from studio.data.records.preference import Preference
from studio.data.row_view import kind_of, text_of
from studio.data.turns import spoken, turns_of


def convert(row: RowView, source: RowOrigin) -> list[Preference]:
    """Turn a row into a pair for each worse answer. Raises BadRow with the reason."""
    better = _talk(row.value("chosen")) if row.has("chosen") else None
    worse = _talk(row.value("rejected"))
    if not row.has("chosen") and row.has("messages"):
        turns = turns_of(row.value("messages"))
        if turns[-1].role == "assistant":
            better = turns[-1].content
    prompt = _prompt(row, better)
    if better is None:
        better = row.value("answer")
    chosen = _said(better)
    several = worse if _are_several(worse) else [worse]
    said = labels(row)
    row.value("verdict")  # how much better it is: the pair says which is
    pairs: list[Preference] = []
    for place, item in enumerate(several):
        rejected = _said(item)
        for text, which in ((chosen, Text("better", "较优")), (rejected, Text("worse", "较差"))):
            if is_empty(text):
                raise BadRow(Text(f"the {which.en} answer is empty", f"{which.zh}回答为空"))
        if chosen == rejected:
            raise BadRow(Text("both answers are the same", "两个回答相同"))
        name = identity(row, source)
        number = f"#{place + 1}" if len(several) > 1 else ""
        pairs.append(
            Preference(id=name + number, prompt=prompt, chosen=chosen, rejected=rejected, labels=said, source=source)
        )
    return pairs


def _prompt(row: RowView, better: Any) -> tuple[Message, ...]:
    """Return what both answers follow: a column of it, or the turns before the last of an answer that is a conversation."""
    if row.has("messages"):
        turns = conversation(row)
        return turns[:-1] if turns[-1].role == "assistant" else turns
    if kind_of(better) == "turns" and len(better) > 1:  # it holds all that was said before, system prompt and all
        before = turns_of(better)[:-1]
        row.value("question")
        system = row.text("system") if row.has("system") else ""
        return (Message(role="system", content=system), *before) if system else before
    if not row.has("question") and not row.has("input"):
        raise BadRow(Text("the question is empty", "问题为空"))
    turns = conversation(_Unanswered(row))
    if row.has("history") or row.kind("question") == "turns":
        return turns[:-1] if turns[-1].role == "assistant" else turns
    return tuple(turn for turn in turns if turn.role != "assistant")


def _talk(value: Any) -> Any:
    """Return a text that is a whole conversation (`Human: … Assistant: …`) as its turns; anything else as it is."""
    if isinstance(value, str) and "Human:" in value and "Assistant:" in value:
        return spoken(value)
    return value


class _Unanswered(RowView):
    """A row without its answer: the pair's answers are other ones."""

    def __init__(self, row: RowView) -> None:
        self.__dict__.update(row.__dict__)
        self.columns = {role: columns for role, columns in row.columns.items() if role != "answer"}


def _are_several(value: Any) -> bool:
    return isinstance(value, list) and len(value) > 0 and all(isinstance(item, str) for item in value)


def _said(value: Any) -> str:
    """Return an answer: a text, a turn, or the last turn of a conversation."""
    if isinstance(value, Mapping):
        value = [value]
    if isinstance(value, list) and kind_of(value) in ("turns", "records"):
        turns = turns_of(value[-1:], whole=False)
        return turns[-1].content if turns and turns[-1].role == "assistant" else ""
    return text_of(value[-1]) if isinstance(value, list) and value else text_of(value)


LAYOUT = Layout(
    title=Text("Preference pair", "偏好对"),
    needs=(("rejected",),),
    takes=frozenset({"chosen", "tools", "question", "input", "messages", "answer", "system", "history", "verdict"}),
    convert=convert,
    examples=(
        {"prompt": "What reverses heparin?", "chosen": "Protamine sulfate.", "rejected": "Vitamin K."},
        {
            "conversations": [{"from": "human", "value": "肝素过量怎么办？"}],
            "chosen": {"from": "gpt", "value": "用鱼精蛋白。"},
            "rejected": {"from": "gpt", "value": "用维生素K。"},
        },
        {
            "chosen": "\n\nHuman: What reverses heparin?\n\nAssistant: Protamine.",
            "rejected": "\n\nHuman: What reverses heparin?\n\nAssistant: Vitamin K.",
        },
        {"query": "肝素过量怎么办？", "response": "用鱼精蛋白。", "rejected_response": "用维生素K。"},
    ),
    order=5,
)
