"""Multiple choice, however exam files write it.

One row in:
    {"question": "Which drug reverses heparin?", "options": {"A": "vitamin K", "B": "protamine sulfate"},
     "answer": "protamine sulfate", "answer_idx": "B", "meta_info": "step1"}
One question out:
    Question(stem="Which drug reverses heparin?", options={"A": "vitamin K", "B": "protamine sulfate"}, gold="B",
             group="step1")

Options are a mapping, a list, one text, or a column each (`A`, `option_a`, `opa`, `ending0`); the gold is letters,
`(D)`, `答案：D`, the right option's text, or a number where it is known what it counts from. Blanks at the end of a Chinese stem
are kept: they are part of it. Passages that come with the question stay with it.
"""

from __future__ import annotations

import re

from studio.core.text import Text
from studio.data.choice_options import ChoiceOptions, read_options
from studio.data.gold import number_of, read_gold
from studio.data.layouts.base import BadRow, Counted, Layout, RowView, group, identity, labels
from studio.data.passages import passages
from studio.data.records.base import RowOrigin
from studio.data.records.question import Question
from studio.data.roles import OPTION

_GOLD = ("gold", "answer", "verdict", "decision")  # the letter first: where a file has both, "answer" is the text
_REPEATED = re.compile(r"\s*(?:Answer Choices|Options|Choices|选项)\s*[:：]\s*\(?A[).．、].*", re.DOTALL)


def convert(row: RowView, source: RowOrigin) -> Question:
    """Turn a row into a multiple-choice question. Raises BadRow with the reason."""
    asked = row.text("question")
    if not asked:
        raise BadRow(Text("the question is empty", "题目为空"))
    told = row.text("description")
    options = _options(row)
    said = labels(row)
    return Question(
        id=identity(row, source),
        stem=_stem(f"{told}\n{asked}" if told and told not in asked else asked, options),
        options=options,
        gold=_gold(row, options),
        contexts=passages(row.value("context")),
        explanation=row.text("explanation"),
        thought=row.text("thought"),
        group=group(row, said),
        labels=said,
        system=row.text("system"),
        source=source,
    )


def _stem(asked: str, options: ChoiceOptions) -> str:
    """Return what is asked, without the options where they stand in it once more, as MedXpertQA has them."""
    match = _REPEATED.search(asked)
    repeated = match is not None and all(text in match.group() for text in options.values())
    return asked[: match.start()] if match is not None and repeated and match.start() else asked


def _options(row: RowView) -> ChoiceOptions:
    if row.options:
        return read_options({role.removeprefix(f"{OPTION} "): row.value(role) for role in row.options})
    value = row.value("options")
    if value is None:
        raise BadRow(Text("there are no options", "没有选项"))
    return read_options(value)


def _gold(row: RowView, options: ChoiceOptions) -> str:
    """Return the right letters. Raises BadRow where there are none, or where two columns say different ones."""
    if not any(row.stands(role) for role in _GOLD):
        raise BadRow(Text("there is no answer", "没有答案"))
    base = row.base if row.base is not None else _known_base(row)
    role = next((role for role in _GOLD if row.has(role)), "answer")
    gold = read_gold(row.value(role), options, base)
    if role == "gold" and row.kind("answer") == "text":
        text = row.text("answer")
        under = [letter for letter, option in options.items() if option == text]
        row.instead.update((column, row.columns["gold"][0]) for column in row.columns["answer"])
        row.used.difference_update(row.columns["answer"])
        if under and gold not in under and len(gold) == 1:
            raise BadRow(
                Text(
                    f"the answer is option {gold}, and its text is that of option {under[0]}",
                    f"答案是选项 {gold}，而答案文字是选项 {under[0]} 的内容",
                ),
                Text("the answer's letter and its text do not belong together", "答案的字母与文字不一致"),
            )
    if role != "verdict" and row.has("verdict"):
        _same(row, options, gold)
    return gold


def _same(row: RowView, options: ChoiceOptions, gold: str) -> None:
    """Use up a label that says once more which option is right; any other label is asked about."""
    label = row.values[row.columns["verdict"][0]]
    number = number_of(label, options)
    places = [place for place, letter in enumerate(options.letters) if letter in gold]
    if len(places) == 1 and (number in (places[0], places[0] + 1) or str(label).strip().upper() == gold):
        row.value("verdict")


def _counted(row: RowView) -> Counted | None:
    """Return the number that a row's gold is. Raises BadRow where the options cannot be read."""
    options = _options(row)
    role = next((role for role in _GOLD if row.has(role)), "answer")
    number = number_of(row.value(role), options)
    if number is None or options.base is not None:
        return None
    return Counted(number, len(options.letters), _known_base(row))


def _known_base(row: RowView) -> int | None:
    """Return what numbers count from in the layouts that are published so: MMLU's `choices`, MedQA's `ending0`, HEAD-QA's `ra`."""
    columns = {str(column).casefold() for column in row.values}
    if "ra" in columns:
        return 1
    if ("choices" in columns and "answer" in columns and row.kind("options") == "texts") or "ending0" in columns:
        return 0
    return None


LAYOUT = Layout(
    title=Text("Multiple choice", "选择题"),
    needs=(("question",), ("options", OPTION)),
    takes=frozenset({"gold", "answer", "explanation", "thought", "context", "system", "description", OPTION}),
    convert=convert,
    examples=(
        {
            "question": "Which drug reverses heparin?",
            "options": {"A": "vitamin K", "B": "protamine sulfate"},
            "answer": "protamine sulfate",
            "answer_idx": "B",
            "meta_info": "step1",
        },
        {
            "id": 1,
            "question": "肝素过量用什么拮抗？",
            "A": "维生素K",
            "B": "鱼精蛋白",
            "answer": "B",
            "explanation": "鱼精蛋白带正电荷。",
        },
        {"sent1": "Which drug reverses heparin?", "ending0": "vitamin K", "ending1": "protamine sulfate", "label": 1},
    ),
    fits=lambda row: (
        row.kind("messages") == "nothing"
        and row.kind("question") not in ("turns", "records", "lists")
        # where there are no options and an answer in words, the question is an open one
        and (bool(row.options) or row.has("options") or row.kind("answer") != "text")
    ),
    order=10,  # a row with options is also a question with an answer
    counted=_counted,
)
