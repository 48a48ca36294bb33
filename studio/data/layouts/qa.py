"""A question and its answer.

One row in:
    {"question": "What reverses heparin?", "answer": "Protamine sulfate.", "accepted": ["protamine"]}
One question out:
    Question(stem="What reverses heparin?", gold="Protamine sulfate.", accepted=("protamine",))

Also `ask`/`answer` with a `title`, `instruction`/`input`/`output`, `prompt`/`response`, `问`/`答`. A `context` (or
`contexts`, `passages`) is a passage the question is about, or a list of them.
"""

from __future__ import annotations

from studio.core.records import Question, Source
from studio.core.text import Text
from studio.data.layouts._layout import BadRow, Layout, Row, identity, key_of, text_of, texts_of

_STEM = ("question", "ask", "instruction", "prompt", "query", "问", "问题", "提问")
_GOLD = ("answer", "output", "response", "reply", "答", "回答", "答案")
_EMPTY = {"", "无", "none", "null", "nan", "n/a"}


def matches(row: Row) -> bool:
    return bool(key_of(row, _STEM) and key_of(row, _GOLD))


def convert(row: Row, source: Source) -> Question:
    """Turn a row into an open question. Raises BadRow with the reason."""
    stem, title = text_of(row, _STEM), text_of(row, ("title", "标题"))
    if stem.casefold() in _EMPTY:  # dialogue files often say everything in the title
        stem = title
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


def _accepted(row: Row) -> tuple[str, ...]:
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
