"""A question and its answer.

One row in:
    {"question": "What reverses heparin?", "answer": "Protamine sulfate.", "accepted": ["protamine"]}
One question out:
    Question(stem="What reverses heparin?", gold="Protamine sulfate.", accepted=("protamine",))

Also `ask`/`answer` with a `title` (which goes before what is asked, where it says more), `instruction`/`input`/`output`,
`prompt`/`response`, `问`/`答`. A `context` is a passage the question is about, or a list of them; a chain of thought
stands in a column of its own or in `<think>` before the answer. Where the options stand in the text of the question and the
answer is a letter of theirs, it is multiple choice.
"""

from __future__ import annotations

import re
from collections.abc import Mapping

from studio.core.text import Text
from studio.data.choice_options import read_options
from studio.data.gold import read_gold
from studio.data.layouts.base import EMPTY, BadRow, Layout, RowView, group, identity, is_empty, labels
from studio.data.normal import normal
from studio.data.passages import passages
from studio.data.prompt import is_with_passages, without_request
from studio.data.records.base import RowOrigin
from studio.data.records.question import Question
from studio.data.roles import folded
from studio.data.row_view import rendered, text_of, texts_of
from studio.data.thought import parted

_NO_QUESTION = EMPTY | {"无", "none"}  # none of these is longer than those of EMPTY
_OPTIONS = re.compile(
    r"(?<=\S)\s*(?<![A-Za-z])[(（]?[AＡ][)）.．、:：]\s*(?=[^\n]*\S)(?=.*[(（\s]?[BＢ][)）.．、:：])", re.DOTALL
)
_LETTERS = re.compile(r"[(（]?[A-ZＡ-Ｚ](?:[,，、 ]*[A-ZＡ-Ｚ])*[)）.．、:：]?(?:$|(?<=[)）.．、:：]))")
_DIALOGUE = ("ask", "提问")


def convert(row: RowView, source: RowOrigin) -> Question:
    """Turn a row into an open question. Raises BadRow with the reason."""
    stem = _asked(row)
    if _asks_nothing(stem):
        raise BadRow(Text("the question is empty", "问题为空"))
    thought, gold, others = _answered(row)
    if is_empty(gold):
        raise BadRow(Text("the answer is empty", "答案为空"))
    said = labels(row)
    stem, options, letters = _choice(stem, gold)
    return Question(
        id=identity(row, source),
        stem=stem,
        options=options,
        gold=letters or gold,
        accepted=(*_accepted(row), *others),
        contexts=passages(row.value("context")),
        thought=row.text("thought") or thought,
        explanation=row.text("explanation"),
        criteria=row.texts("criteria"),
        group=group(row, said),
        labels=said,
        system=row.text("system"),
        source=source,
    )


def _asks_nothing(stem: str) -> bool:
    return is_empty(stem, _NO_QUESTION)


def _choice(stem: str, gold: str) -> tuple[str, dict[str, str], str]:
    """Return a question whose options stand in its text, and whose answer is their letters, without and with them."""
    match = _OPTIONS.search(stem) if _LETTERS.match(gold) else None
    if match is None or is_with_passages(stem):
        return stem, {}, ""
    listed = stem[match.start() :].strip()
    try:
        options = read_options(without_request(listed) or listed)
        if without_request(listed) not in (None, "\n".join(f"{letter}. {text}" for letter, text in options.items())):
            return stem, {}, ""  # a prompt that was exported here, whose options cannot be told apart any more
        return stem[: match.start()].rstrip(), dict(options), read_gold(gold, options)
    except BadRow:  # what looks like options is none: it is an open question
        return stem, {}, ""


def _answered(row: RowView) -> tuple[str, str, tuple[str, ...]]:
    """Return the thought that stands in the answer, the answer, and other wordings of it."""
    value = row.value("answer")
    if type(value) is str:  # as nearly every answer is
        return (*parted(text_of(value)), ())
    if isinstance(value, Mapping) and isinstance(value.get("text"), list):  # SQuAD's form
        value = value["text"]
    elif isinstance(value, Mapping) and not any(
        isinstance(value.get(name), str) for name in ("text", "value", "content", "answer")
    ):
        return "", rendered(value), ()
    if isinstance(value, list) and len(value) > 1 and any(_is_one_of_several(item) for item in value):
        raise BadRow(
            Text(
                f"it has {len(value)} answers, each with its model or score, and which is right is not said",
                f"有 {len(value)} 个回答，各带模型或得分，没有说明哪一个是正确的",
            ),
            Text("it has several answers, and which is right is not said", "有多个回答，没有说明哪一个是正确的"),
        )
    if isinstance(value, list) and all(isinstance(item, str | Mapping) for item in value):
        first, *others = dict.fromkeys(texts_of(value)) or ("",)
        return (*parted(first), tuple(others))
    return (*parted(text_of(value)), ())


def _is_one_of_several(item: object) -> bool:
    return isinstance(item, Mapping) and not {"score", "model", "rank", "rating", "label"}.isdisjoint(item)


def _asked(row: RowView) -> str:
    """Return the question; dialogue files ask in `ask` and in `title`, in either alone or half in each."""
    question = _wording(row)
    extra = row.text("input") if row.has("input") else ""
    if not row.has("question") and extra:
        return extra
    stem = f"{question}\n{extra}" if extra else question
    told = row.text("description")
    if told and told not in stem:
        stem = f"{told}\n{stem}" if stem else told
    empty = _asks_nothing(stem)
    column = next(iter(row.columns.get("question", ())), "")
    if not empty and folded(column) not in _DIALOGUE:  # elsewhere a title is that of the text behind the question
        return stem
    title = row.text("title")
    if _asks_nothing(title):
        return stem
    asked, said = normal(stem), normal(title)
    if empty or asked in said:
        return title
    return stem if said in asked else f"{title}\n{stem}"


def _wording(row: RowView) -> str:
    """Return the question, the first wording where a file has several, as Huatuo-26M does."""
    value = row.value("question")
    while isinstance(value, list) and value:
        value = value[0]
    return text_of(value)


def _accepted(row: RowView) -> tuple[str, ...]:
    value = row.value("accepted")
    if value is None:
        return ()
    if isinstance(value, str):
        value = value.split("|")
    if not isinstance(value, list | tuple):
        raise BadRow(Text("'accepted' is no list of texts", "“accepted”不是文字列表"))
    flat = [text for item in value for text in (item if isinstance(item, list | tuple) else [item])]
    return texts_of(flat)


LAYOUT = Layout(
    title=Text("Question and answer", "问答"),
    needs=(("question", "input", "title", "description"), ("answer",)),
    takes=frozenset({"accepted", "thought", "context", "explanation", "criteria", "system", "title", "input"}),
    convert=convert,
    examples=(
        {"question": "What reverses heparin?", "answer": "Protamine sulfate.", "accepted": ["protamine"]},
        {"instruction": "回答医学问题", "input": "肝素过量怎么办？", "output": "用鱼精蛋白。", "system": "你是药师。"},
        {"Question": "肝素过量怎么办？", "Complex_CoT": "鱼精蛋白带正电荷。", "Response": "用鱼精蛋白。"},
    ),
    fits=lambda row: (
        row.kind("answer") not in ("truth", "turns") and row.kind("question") not in ("turns", "records", "mapping")
    ),
)
