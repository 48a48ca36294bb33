"""Datasets for the tests of what is exported and read back: rows of every class, and folders that hold them."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from hypothesis import strategies as st

from studio.core.records import Message, Role
from studio.data.records.base import Row, RowOrigin
from studio.data.records.conversation import Conversation
from studio.data.records.judged import Judged
from studio.data.records.preference import Preference
from studio.data.records.question import Question
from studio.data.records.rubric import Criterion, Rubric

ASKS = (Message(role="system", content="你是医生。"), Message(role="user", content="头痛怎么办？"))
SAYS = Message(role="assistant", content="多休息。")
ROWS: Mapping[str, Sequence[Row]] = {
    "question": (
        Question(id="q1", stem="肝素过量用什么拮抗？", options={"A": "维生素K", "B": "鱼精蛋白"}, gold="B", explanation="B 对。", labels={"department": "内科"}),
        Question(id="q2", stem="=1+1", options={"A": "1-2", "B": "+3", "C": "@x"}, gold="AC"),
        Question(id="q3", stem="What reverses heparin?", gold="Protamine.", accepted=("protamine",), contexts=("One.", "Two."), thought="Think."),
    ),
    "conversation": (
        Conversation(id="c1", messages=(*ASKS, SAYS)),
        Conversation(id="c2", messages=(*ASKS, SAYS, ASKS[1], SAYS)),
    ),
    "preference": (
        Preference(id="p1", prompt=ASKS, chosen="好好休息", rejected="不管它"),
        Preference(id="p2", prompt=(Message(role="user", content="发烧三天了，还要不要吃药？"), SAYS, ASKS[1]), chosen="看医生", rejected="-"),
    ),
    "judged": (Judged(id="j1", prompt=ASKS, answer="停药", good=False), Judged(id="j2", prompt=(Message(role="user", content="感冒了怎么办才好？"),), answer="休息", good=True)),
    "rubric": (Rubric(id="r1", prompt=ASKS, criteria=(Criterion(text="建议就医", points=5), Criterion(text="乱开药", points=-3))),),
}  # fmt: skip
CLASSES: Sequence[type[Row]] = (Question, Conversation, Preference, Judged, Rubric)


def dataset(folder: Path, rows: Sequence[Row]) -> Path:
    """Write rows as a dataset of three parts."""
    folder.mkdir(parents=True, exist_ok=True)
    rows = [row.model_copy(update={"source": RowOrigin(file="raw.jsonl", line=n)}) for n, row in enumerate(rows, 1)]
    parts = {"train": rows[:-1] or rows, "val": [], "test": rows[-1:] if len(rows) > 1 else []}
    for split, held in parts.items():
        lines = "".join(row.model_dump_json(exclude_defaults=True) + "\n" for row in held)
        (folder / f"{split}.jsonl").write_text(lines, encoding="utf-8")
    about = {"name": "gift", "record": rows[0].record, "splits": {split: len(held) for split, held in parts.items()}}
    (folder / "dataset.json").write_text(json.dumps(about))
    return folder


def _counted(rows: Sequence[Row]) -> list[Row]:
    """Give each row an id of its own, as a dataset's rows have."""
    seen: Counter[str] = Counter()
    named = []
    for row in rows:
        seen[row.id] += 1
        named.append(row.model_copy(update={"id": f"{row.id}#{seen[row.id]}"}))
    return named


def rows_of(words: st.SearchStrategy[str], record: type[Row]) -> st.SearchStrategy[list[Row]]:
    """Return some rows of a class, in whose texts stands whatever is drawn."""
    common: dict[str, st.SearchStrategy[Any]] = {"id": st.sampled_from(["a", "b", "=c", "1-2"])}
    user, said = _turn("user", words), _turn("assistant", words)
    system = st.lists(_turn("system", words), max_size=1)
    before = st.lists(st.tuples(user, said), max_size=2).map(lambda pairs: [turn for pair in pairs for turn in pair])
    prompt = st.builds(lambda first, middle, last: (*first, *middle, last), system, before, user)
    own: dict[type[Row], dict[str, st.SearchStrategy[Any]]] = {
        Question: {
            "stem": words,
            "gold": words,
            "thought": st.one_of(st.just(""), words),
            "system": st.one_of(st.just(""), words),
            "explanation": st.one_of(st.just(""), words),
            "contexts": st.lists(words, max_size=2).map(tuple),
        },
        Conversation: {"messages": st.builds(lambda asks, answer: (*asks, answer), prompt, said)},
        Preference: {"prompt": prompt, "chosen": words.map("a{}".format), "rejected": words.map("b{}".format)},
        Judged: {"prompt": prompt, "answer": words, "good": st.booleans()},
        Rubric: {
            "prompt": prompt,
            "criteria": st.lists(st.builds(Criterion, text=words, points=st.integers(-9, 9)), min_size=1, max_size=3).map(tuple),
        },
    }  # fmt: skip
    made = st.builds(record, **common, **own[record])
    if record is Question:
        made = st.one_of(
            made,
            st.builds(_choice, made, st.lists(words, min_size=2, max_size=5), st.sets(st.integers(0, 1), min_size=1)),
        )
    return st.lists(made, min_size=1, max_size=4).map(_counted)


def _choice(row: Question, texts: Sequence[str], gold: set[int]) -> Question:
    options = dict(zip("ABCDE", texts, strict=False))
    return row.model_copy(update={"options": options, "gold": "".join(sorted("AB"[place] for place in gold))})


def _turn(role: Role, words: st.SearchStrategy[str]) -> st.SearchStrategy[Message]:
    return st.builds(Message, role=st.just(role), content=words)
