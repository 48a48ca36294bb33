"""A conversation of one or many turns.

One row in:
    {"messages": [{"role": "user", "content": "What reverses heparin?"}, {"role": "assistant", "content": "Protamine."}]}
One conversation out:
    Conversation(messages=(user: "What reverses heparin?", assistant: "Protamine."))

Also ShareGPT's `conversations`, lists of texts (`病人：…`, or in turn), `history` with a question and an answer behind
it, with a system prompt in a column or in front. What is said to or by a tool stays a turn, marked as such.
"""

from __future__ import annotations

import json
import re

from studio.core.records import Message
from studio.core.text import Text
from studio.data.layouts.base import BadRow, Layout, RowView, identity, labels, text_of
from studio.data.records.base import Row, RowOrigin
from studio.data.records.conversation import Conversation
from studio.data.records.question import Question
from studio.data.thought import joined
from studio.data.turns import answered, turns_of

_PAIR = re.compile(r"\s*[问答QA]\s*[:：]\s*")


def convert(row: RowView, source: RowOrigin) -> Row:
    """Turn a row into a conversation; 问 and 答 alone are a question. Raises BadRow with the reason."""
    said = labels(row)
    pair = _pair(row.value("messages")) if row.kind("messages") == "texts" else None
    if pair is not None:
        return Question(id=identity(row, source), stem=pair[0], gold=pair[1], labels=said, source=source)
    turns = list(answered(conversation(row)))
    thought = row.text("thought") if row.has("thought") else ""
    turns[-1] = turns[-1].model_copy(update={"content": joined(thought, turns[-1].content)})
    return Conversation(id=identity(row, source), messages=tuple(turns), labels=said, source=source)


def _pair(texts: list[object]) -> tuple[str, str] | None:
    marks = [_PAIR.match(str(text)) for text in texts]
    if len(texts) != 2 or not all(marks):
        return None
    asked, said = (str(text)[mark.end() :].strip() for text, mark in zip(texts, marks, strict=True) if mark)
    return (asked, said) if asked and said else None


def conversation(row: RowView) -> tuple[Message, ...]:
    """Return the turns of a row: those of its column of turns, or of a history and what follows it; the system prompt first."""
    turns = turns_of(row.value("history")) if row.has("history") else ()
    if row.has("messages"):
        turns = (*turns, *turns_of(row.value("messages")))
    else:
        turns = (*turns, *_asked(row))
        if row.has("answer"):
            said = row.value("answer")
            turns = (*turns, *(turns_of(said, whole=False) if row.kind("answer") == "turns" else _said(text_of(said))))
    if row.has("tools"):
        turns = (Message(role="system", content=f"[tools]\n{_tools(row.value('tools'))}"), *turns)
    if row.has("system"):
        turns = (Message(role="system", content=row.text("system")), *turns)
    return _one_system(turns)


def _asked(row: RowView) -> tuple[Message, ...]:
    """Return what is asked: turns, or a text. Raises BadRow where nothing is."""
    if row.kind("question") == "turns":
        return turns_of(row.value("question"))
    asked = "\n".join(text for text in (row.text("question"), row.text("input")) if text)
    if not asked:
        raise BadRow(Text("the question is empty", "问题为空"))
    return (Message(role="user", content=asked),)


def _said(text: str) -> tuple[Message, ...]:
    return (Message(role="assistant", content=text),) if text else ()


def _tools(value: object) -> str:
    return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)


def _one_system(turns: tuple[Message, ...]) -> tuple[Message, ...]:
    system = "\n".join(dict.fromkeys(turn.content for turn in turns if turn.role == "system"))
    others = tuple(turn for turn in turns if turn.role != "system")
    return (Message(role="system", content=system), *others) if system else others


def _talks(row: RowView) -> bool:
    if row.has("messages"):
        return row.kind("messages") in ("turns", "records", "texts", "lists", "text", "mapping")
    return row.has("history") or (row.kind("question") == "turns" and row.has("answer"))


LAYOUT = Layout(
    title=Text("Conversation", "对话"),
    needs=(("messages", "history", "question"),),
    takes=frozenset({"messages", "history", "system", "question", "input", "answer", "tools", "thought"}),
    convert=convert,
    examples=(
        {
            "messages": [
                {"role": "system", "content": "You are a pharmacist."},
                {"role": "user", "content": "What reverses heparin?"},
                {"role": "assistant", "content": "Protamine sulfate."},
            ]
        },
        {
            "conversations": [{"from": "human", "value": "肝素过量怎么办？"}, {"from": "gpt", "value": "用鱼精蛋白。"}],
            "system": "你是药师。",
        },
        {
            "prompt": [{"role": "user", "content": "What reverses heparin?"}],
            "completion": [{"role": "assistant", "content": "Protamine sulfate."}],
        },
        {"conversation": [{"system": "你是药师。", "input": "肝素过量怎么办？", "output": "用鱼精蛋白。"}]},
        {"instruction": "剂量多少？", "output": "遵医嘱。", "history": [["肝素过量怎么办？", "用鱼精蛋白。"]]},
    ),
    fits=_talks,
    order=20,
)
