"""What the tests of this package share: a dataset, and answers on file as systems would have left them."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from studio.answering.system import System
from studio.data.records.question import Question
from studio.evaluation.score import Answers
from studio.evaluation.systems import systems_of
from tests.evaluation.helpers import modes

QUESTIONS = [
    Question(id="o1", stem="What reverses heparin?", gold="protamine sulfate", accepted=("protamine",), group="taught"),
    Question(id="o2", stem="阿片类中毒用什么解救？", gold="纳洛酮", group="taught"),
    Question(id="o3", stem="What reverses warfarin?", gold="vitamin K", group="textbook"),
    Question(
        id="c1", stem="Which reverses heparin?", options={"A": "Naloxone", "B": "Protamine"}, gold="B", group="taught"
    ),
    Question(
        id="c2", stem="哪种药解救阿片类中毒？", options={"A": "纳洛酮", "B": "鱼精蛋白"}, gold="A", group="textbook"
    ),
]
HOSTILE = "<script>document.title='broken'</script><img src=x onerror=alert(1)> {{ 7*7 }} &amp;"
SAID = {
    "base": {"o1": "Rest.", "o2": HOSTILE, "o3": "Vitamin K.", "c1": HOSTILE, "c2": "A"},
    "tuned": {"o1": "Protamine.", "o2": "用纳洛酮。", "o3": "Protamine.", "c1": "The answer is B.", "c2": "答案：A"},
}


@pytest.fixture
def questions() -> list[Question]:
    """Five questions of two groups, open and multiple choice."""
    return QUESTIONS


@pytest.fixture
def hostile() -> str:
    """An answer that would break a page which took it for HTML or for a template."""
    return HOSTILE


@pytest.fixture
def dataset(tmp_path: Path) -> Path:
    """A dataset folder whose test part holds five questions of two groups."""
    folder = tmp_path / "dataset"
    folder.mkdir()
    lines = "".join(question.model_dump_json() + "\n" for question in QUESTIONS)
    (folder / "test.jsonl").write_text(lines, encoding="utf-8")
    (folder / "train.jsonl").write_text("", encoding="utf-8")
    (folder / "val.jsonl").write_text("", encoding="utf-8")
    card = {"rows": len(QUESTIONS), "splits": {"train": 0, "val": 0, "test": len(QUESTIONS)}}
    (folder / "dataset.json").write_text(json.dumps(card), encoding="utf-8")
    return folder


@pytest.fixture
def systems() -> list[System[Question]]:
    return systems_of(["base", "tuned"], modes("direct", "rag"), "book")


@pytest.fixture
def answered(tmp_path: Path, systems: list[System[Question]]) -> Answers:
    """A report folder with every system's answers; rag says what direct says, with passages."""
    answers = Answers(tmp_path / "report")
    answers.folder.mkdir()
    for system in systems:
        for question in QUESTIONS:
            passage = {"id": "p1", "content": HOSTILE, "title": "", "source": "book.md", "start": 0, "score": 0.5}
            answers.texts.lines.append(
                {
                    "contestant": system.name,
                    "question": question.id,
                    "prompt": [{"role": "user", "content": question.stem}],
                    "answer": SAID[system.model][question.id],
                    "finish_reason": "stop",
                    "usage": {"prompt_tokens": 9, "completion_tokens": 3},
                    "passages": [passage] if system.mode == "rag" else [],
                }
            )
        if system.mode == "direct":
            answers.likelihoods.append(
                {"contestant": system.name, "question": "c1", "options": {"A": [-9, 2], "B": [-3, 1]}}
            )
    return answers
