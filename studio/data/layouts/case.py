"""A case with several questions.

One row in:
    {"title": "Hernia", "description": "A man of 49 …", "QA_pairs": [{"question": "Diagnosis?", "answer": "A hernia."}]}
One question out for each, all of one family, which no split tears apart:
    Question(stem="Hernia\\nA man of 49 …\\n\\nDiagnosis?", gold="A hernia.", family="Hernia\\nA man of 49 …")
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from studio.core.text import Text
from studio.data.choice_options import read_options
from studio.data.gold import read_gold
from studio.data.layouts.base import BadRow, Layout, RowView, group, identity, is_empty, labels
from studio.data.passages import passages
from studio.data.records.base import RowOrigin
from studio.data.records.question import Question


def convert(row: RowView, source: RowOrigin) -> list[Question]:
    """Turn a case into its questions; one that cannot be used costs itself alone. Raises BadRow where none can."""
    told = [row.text("title") if row.has("title") else "", row.text("description"), *passages(row.value("context"))]
    case = "\n".join(text for text in told if text)
    said, name = labels(row), identity(row, source)
    questions: list[Question] = []
    faults: list[BadRow] = []
    for number, (part, about) in enumerate(_parts(row.value("cases", "question"), case, row), 1):
        try:
            stem, options, gold = _asked(part, number)
            own = labels(part)
            explanation = part.text("explanation")
        except BadRow as bad:
            faults.append(bad)
            continue
        questions.append(
            Question(
                id=f"{name}#{number}",
                stem=f"{about}\n\n{stem}" if about else stem,
                options=options,
                gold=gold,
                explanation=explanation,
                group=group(row, said),
                labels={**said, **own},
                family=about,
                source=source,
            )
        )
    if faults and not questions:
        raise faults[0]
    row.faults += faults
    return questions


def _asked(part: RowView, number: int) -> tuple[str, dict[str, str], str]:
    """Return a question of a case, its options, and the answer. Raises BadRow where one of them cannot be read."""
    if not part.values:
        raise BadRow(Text("a question of the case is no object", "病例中有一道题不是对象"))
    stem = part.text("question")
    if not stem:
        raise BadRow(
            Text(f"question {number} of the case is empty", f"病例的第 {number} 题为空"),
            Text("a question of the case is empty", "病例中有一题为空"),
        )
    options = _options(part)
    gold = read_gold(part.value("gold", "answer"), options, part.base) if options else _answer(part.value("answer"))
    if is_empty(gold):
        raise BadRow(
            Text(f"the answer to question {number} of the case is empty", f"病例第 {number} 题的答案为空"),
            Text("an answer of the case is empty", "病例中有一题的答案为空"),
        )
    return stem, options, gold


def _parts(given: Any, case: str, row: RowView) -> Iterator[tuple[RowView, str]]:
    """Yield the questions of a case, each with what is told before it; SQuAD has cases within cases."""
    for item in given or ():
        part = RowView(item if isinstance(item, Mapping) else {}, base=row.base)
        if part.has("cases"):
            inner = "\n".join(filter(None, (case, part.text("description"), *passages(part.value("context")))))
            yield from _parts(part.value("cases"), inner, part)
        else:
            yield part, case


def _options(part: RowView) -> dict[str, str]:
    if part.options:
        return read_options({role.split()[-1]: part.value(role) for role in part.options})
    return read_options(part.value("options")) if part.has("options") else {}


def _answer(value: Any) -> str:
    """Return the answer; SQuAD has it as the first of a list of records, or of an object of lists."""
    while isinstance(value, list | Mapping):
        value = value.get("text", "") if isinstance(value, Mapping) else value[0] if value else ""
    return "" if value is None else str(value).strip()


LAYOUT = Layout(
    title=Text("Case with several questions", "病例（多道题）"),
    needs=(("cases", "question"),),
    takes=frozenset({"title", "description", "context"}),
    convert=convert,
    examples=(
        {
            "title": "Hernia",
            "description": "A man of 49 with a groin mass.",
            "QA_pairs": [
                {"question": "What is the diagnosis?", "answer": "A hernia."},
                {"question": "What is to be done?", "answer": "Surgery."},
            ],
        },
        {
            "title": "Heparin",
            "paragraphs": [
                {
                    "context": "It binds.",
                    "qas": [{"id": "1", "question": "What does?", "answers": [{"text": "Heparin"}]}],
                }
            ],
        },
        {
            "context": "患者男，49岁。",
            "questions": [{"question": "诊断是什么？", "options": {"A": "疝", "B": "炎症"}, "answer": "A"}],
        },
    ),
    fits=lambda row: row.kind("cases") == "records" or row.kind("question") == "records",
    order=4,
)
