"""A question and its answer.

One row in:
    {"question": "What reverses heparin?", "answer": "Protamine sulfate.", "accepted": ["protamine"]}
One question out:
    Question(stem="What reverses heparin?", gold="Protamine sulfate.", accepted=("protamine",))

Also `ask`/`answer` with a `title` (which goes before what is asked, where it says more), `instruction`/`input`/`output`,
`prompt`/`response`, `问`/`答`. A `context` (or `contexts`, `passages`) is a passage the question is about, or a list of
them. A row with a `history` is rejected: its question is half of a conversation.
"""

from __future__ import annotations

from studio.core.text import Text
from studio.data.layouts.base import BadRow, Layout, Values, identity, key_of, text_of, texts_of
from studio.data.normal import normal
from studio.data.records.base import RowOrigin
from studio.data.records.question import Question

_STEM = ("question", "ask", "instruction", "prompt", "query", "问", "问题", "提问")
_GOLD = ("answer", "output", "response", "reply", "答", "回答", "答案")
_TITLE = ("title", "标题")
_DIALOGUE = ("ask", "提问")
_EMPTY = {"", "无", "none", "null", "nan", "n/a"}


def matches(row: Values) -> bool:
    return bool(key_of(row, _STEM) and key_of(row, _GOLD))


def convert(row: Values, source: RowOrigin) -> Question:
    """Turn a row into an open question. Raises BadRow with the reason."""
    if _has_history(row):
        raise BadRow(Text("the question goes on after earlier turns ('history')", "题目接在前面的对话（history）之后"))
    stem = _asked(row)
    extra = text_of(row, ("input",))
    if extra and key_of(row, ("instruction",)):
        stem = f"{stem}\n{extra}"
    gold = text_of(row, _GOLD)
    if stem.casefold() in _EMPTY:
        raise BadRow(Text("the question is empty", "问题为空"))
    if gold.casefold() in _EMPTY:
        raise BadRow(Text("the answer is empty", "答案为空"))
    return Question(
        id=identity(row, source),
        stem=stem,
        gold=gold,
        accepted=_accepted(row),
        contexts=texts_of(row, ("context", "contexts", "passage", "passages")),
        group=text_of(row, ("group",)),
        source=source,
    )


def _asked(row: Values) -> str:
    """Return the question; dialogue files ask in `ask` and in `title`, in either alone or half in each."""
    stem, key = text_of(row, _STEM), key_of(row, _STEM)
    empty = stem.casefold() in _EMPTY
    if not empty and key.casefold() not in _DIALOGUE:  # elsewhere a title is that of the text behind the question
        return stem
    title = text_of(row, _TITLE)
    if title.casefold() in _EMPTY:
        return stem
    asked, said = normal(stem), normal(title)
    if empty or asked in said:
        return title
    return stem if said in asked else f"{title}\n{stem}"


def _has_history(row: Values) -> bool:
    key = key_of(row, ("history",))
    turns = row[key] if key else None
    return bool(turns) and str(turns).strip().casefold() not in {*_EMPTY, "[]"}


def _accepted(row: Values) -> tuple[str, ...]:
    key = key_of(row, ("accepted", "aliases"))
    value = row[key] if key else ()
    if isinstance(value, str):
        value = value.split("|")
    if not isinstance(value, list | tuple):
        raise BadRow(Text("'accepted' is no list of texts", "“accepted”不是文字列表"))
    return tuple(str(item).strip() for item in value if str(item).strip())


LAYOUT = Layout(
    title=Text("Question and answer", "问答"),
    matches=matches,
    convert=convert,
    example={"question": "What reverses heparin?", "answer": "Protamine sulfate.", "accepted": ["protamine"]},
)
