"""Multiple choice as MedQA and its kin write it.

One row in:
    {"question": "Which drug reverses heparin?", "options": {"A": "vitamin K", "B": "protamine sulfate"},
     "answer": "protamine sulfate", "answer_idx": "B", "meta_info": "step1"}
One question out:
    Question(stem="Which drug reverses heparin?", options={"A": "vitamin K", "B": "protamine sulfate"}, gold="B",
             group="step1")

Options may be a mapping, a list, or one text of lines (`(A) …`, `A 文`, `A. …`); the gold may be letters, `(D)`,
several letters, the right option's text, or, as in MMLU (`choices` and `answer`), its index from 0. Blanks at the end of a Chinese stem are kept: they are part of it.
"""

from __future__ import annotations

from typing import Any

from studio.core.text import Text
from studio.data.choice_options import read_gold, read_options
from studio.data.layouts.base import BadRow, Layout, Values, identity, key_of, text_of
from studio.data.records.base import RowOrigin
from studio.data.records.question import Question

_STEM = ("question", "stem", "query", "题目", "问题", "题干")
_OPTIONS = ("options", "option", "choices", "选项")
# the letter first: where a file has both, "answer" is the text, which may stand under two letters
_GOLD = ("answer_idx", "answer_index", "answer_letter", "label", "answer", "anwer", "gold", "答案", "正确答案")


def matches(row: Values) -> bool:
    return bool(key_of(row, _STEM) and key_of(row, _OPTIONS))


def convert(row: Values, source: RowOrigin) -> Question:
    """Turn a row into a multiple-choice question. Raises BadRow with the reason."""
    stem = text_of(row, _STEM)
    if not stem:
        raise BadRow(Text("the question is empty", "题目为空"))
    options_key, gold_key = key_of(row, _OPTIONS), key_of(row, _GOLD)
    if not options_key:
        raise BadRow(Text("there are no options", "没有选项"))
    if not gold_key:
        raise BadRow(Text("there is no answer", "没有答案"))
    options = read_options(row[options_key])
    gold = row[gold_key]
    if _counts_from_zero(options_key, row[options_key], gold_key) and type(gold) is int and 0 <= gold < len(options):
        gold = list(options)[gold]
    return Question(
        id=identity(row, source),
        stem=stem,
        options=options,
        gold=read_gold(gold, options),
        explanation=text_of(row, ("explanation", "rationale", "exp", "analysis", "解析")),
        group=text_of(row, ("group", "meta_info")),
        source=source,
    )


def _counts_from_zero(options_key: str, options: Any, gold_key: str) -> bool:
    """Tell whether the row is written as MMLU's are, the one layout whose numbers surely count from 0."""
    return options_key.casefold() == "choices" and gold_key.casefold() == "answer" and isinstance(options, list)


LAYOUT = Layout(
    title=Text("Multiple choice (MedQA)", "选择题（MedQA）"),
    matches=matches,
    convert=convert,
    example={
        "question": "Which drug reverses heparin?",
        "options": {"A": "vitamin K", "B": "protamine sulfate"},
        "answer": "protamine sulfate",
        "answer_idx": "B",
        "meta_info": "step1",
    },
    order=10,  # a row with options is also a question with an answer
)
