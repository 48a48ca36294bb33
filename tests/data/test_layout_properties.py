"""What holds of every layout and of every record, whatever stands in them."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from studio.core.records import Message, Role
from studio.data.conversion import Conversion
from studio.data.layouts import LAYOUTS
from studio.data.records.base import Row, RowOrigin
from studio.data.records.conversation import Conversation
from studio.data.records.judged import Judged
from studio.data.records.preference import Preference
from studio.data.records.question import Question
from studio.data.records.rubric import Criterion, Rubric

HERE = RowOrigin(file="train.jsonl", line=1)
BY_PLACE, BY_EXACT_NAMES = "keyless", "studio"
UNRELATED = st.dictionaries(
    st.sampled_from(["note", "url", "created_at", "lang", "备注", "链接", "split", "licence", "tokens"]),
    st.one_of(st.text(max_size=8), st.integers(), st.none(), st.lists(st.text(max_size=3), max_size=2)),
    max_size=3,
)
EXAMPLES = [(name, place) for name, layout in LAYOUTS.all().items() for place in range(len(layout.examples))]


@pytest.mark.parametrize(("name", "place"), EXAMPLES)
@settings(max_examples=12, deadline=None)
@given(data=st.data())
def test_an_example_is_claimed_by_its_layout_however_its_columns_stand(
    name: str, place: int, data: st.DataObject
) -> None:
    example: Mapping[str, Any] = LAYOUTS.load(name).examples[place]
    items = list(example.items())
    if name != BY_PLACE:
        items = data.draw(st.permutations([*items, *data.draw(UNRELATED).items()]))
        recase = data.draw(st.sampled_from([str, str.upper, str.title]))
        if name != BY_EXACT_NAMES:
            items = [(recase(column), value) for column, value in items]
    row = dict(items)
    found, view, made = Conversion().rows(row, HERE)
    assert found == name and made
    assert {column.casefold() for column in view.left()} <= {column.casefold() for column in row} - {
        column.casefold() for column in example
    }


WORDS = st.text(st.characters(min_codepoint=32, exclude_categories=["Cs", "Cc"]), max_size=20)
LABELS = st.dictionaries(st.sampled_from(["department", "level"]), WORDS, max_size=2)
COMMON: Mapping[str, st.SearchStrategy[Any]] = {
    "id": WORDS,
    "labels": LABELS,
    "family": WORDS,
    "source": st.builds(RowOrigin, file=WORDS, line=st.integers(1, 9)),
}
ROLES: list[Role] = ["system", "user", "assistant"]
TURNS = st.lists(st.builds(Message, role=st.sampled_from(ROLES), content=WORDS), max_size=3).map(tuple)
TEXTS = st.lists(WORDS, max_size=2).map(tuple)
ROWS: st.SearchStrategy[Row] = st.one_of(
    st.builds(
        Question,
        **COMMON,
        stem=WORDS,
        gold=WORDS,
        options=st.dictionaries(st.sampled_from("ABCDE"), WORDS),
        accepted=TEXTS,
        contexts=TEXTS,
        explanation=WORDS,
        thought=WORDS,
        system=WORDS,
        criteria=TEXTS,
        group=WORDS,
    ),
    st.builds(Conversation, **COMMON, messages=TURNS),
    st.builds(Preference, **COMMON, prompt=TURNS, chosen=WORDS, rejected=WORDS),
    st.builds(Judged, **COMMON, prompt=TURNS, answer=WORDS, good=st.booleans()),
    st.builds(
        Rubric,
        **COMMON,
        prompt=TURNS,
        criteria=st.lists(st.builds(Criterion, text=WORDS, points=st.integers(-9, 9)), max_size=2).map(tuple),
    ),
)


@settings(max_examples=150, deadline=None)
@given(row=ROWS)
def test_a_row_that_was_written_is_the_same_when_it_is_read_again(row: Row) -> None:
    """With its first origin, however many datasets it went through."""
    values = json.loads(row.model_dump_json(exclude_defaults=True))
    name, view, [made] = Conversion().rows(values, HERE)
    assert name == BY_EXACT_NAMES and not view.left()
    assert made == row
