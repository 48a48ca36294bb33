"""What is said before an evaluation starts, against what is then asked."""

from __future__ import annotations

import json
import shutil
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest

from studio.core.files import write_json
from studio.core.named_input import NamedInput
from studio.core.reporter import Silent
from studio.core.workspace import Workspace
from studio.data.records.question import Question
from studio.evaluation.evaluate import evaluate
from studio.evaluation.kinds.evaluate import check, forecast
from studio.evaluation.recipe import EvaluateRecipe
from studio.runs.forecast import Forecast
from studio.runs.references import resolve_all

ENGLISH = "Protamine sulfate is the antidote to heparin, and it is given by vein."
CHINESE = "鱼精蛋白是肝素的拮抗药，由静脉缓慢注射。"


def write_questions(folder: Path, stems: Sequence[str]) -> None:
    folder.mkdir(exist_ok=True)
    rows = [Question(id=f"q{number}", stem=stem, gold="x") for number, stem in enumerate(stems)]
    (folder / "test.jsonl").write_text("".join(row.model_dump_json() + "\n" for row in rows), encoding="utf-8")


def write_base(workspace: Workspace, text: str, embedder: Path) -> None:
    """Write of a knowledge base what is looked at."""
    folder = workspace.root / "book"
    folder.mkdir(exist_ok=True)
    (folder / "passages.jsonl").write_text(json.dumps({"content": text}, ensure_ascii=False) + "\n", encoding="utf-8")
    embeds = {"given": "e", "path": str(embedder), "sha256": "", "dimension": 8}
    about: dict[str, Any] = {"format": 1, "name": "book", "created": "", "embedder": embeds, "passages": 1}
    write_json(folder / "manifest.json", {**about, "chunker": {"name": "token"}, "sources": [], "versions": {}})


@pytest.fixture
def stocked(workspace: Workspace, tiny_model: Path) -> Workspace:
    """A workspace with a model that has no Chinese, one whose vocabulary has, and embedding models of all three sorts."""
    shutil.copytree(tiny_model, workspace.models / "tiny")
    han = "\n".join(map(chr, range(0x4E00, 0x4E00 + 900)))
    for name, words, size in (("reads", han, 900), ("english", "a\nb", 900), ("across", han, 250_002)):
        folder = workspace.models / name
        folder.mkdir()
        write_json(folder / "config.json", {"vocab_size": size})
        (folder / "vocab.txt").write_text(words, encoding="utf-8")
    return workspace


def foreseen(workspace: Workspace, **fields: Any) -> Forecast:
    values = {"name": "e", "dataset": "rows", "models": ["tiny"], "modes": ["direct"], **fields}
    recipe = EvaluateRecipe(**values)
    return forecast(recipe, resolve_all(workspace, recipe))


@pytest.mark.parametrize(
    ("fields", "answers"),
    [
        ({"limit": 3}, 3),
        ({"limit": 30, "models": ["tiny", "models/tiny", "tiny"], "modes": ["direct", "direct"]}, 10),
    ],
)
def test_the_answers_foreseen_are_the_answers_given(
    stocked: Workspace, dataset: Path, tmp_path: Path, fields: dict[str, Any], answers: int
) -> None:
    values = {"name": "e", "dataset": str(dataset), "models": ["tiny"], "modes": ["direct"], "max_tokens": 2, **fields}
    recipe = EvaluateRecipe(**values)
    resolved = resolve_all(stocked, recipe)
    told = forecast(recipe, resolved)
    inputs = {name: NamedInput(it.given, it.locate(stocked), it.sha256) for name, it in resolved.references.items()}
    evaluate(recipe, inputs, tmp_path / "report", stocked, Silent())
    given = (tmp_path / "report" / "answers.jsonl").read_text(encoding="utf-8").splitlines()
    assert told.amounts[-1].count == told.work == len(given) == answers


def test_a_split_without_questions_is_named(stocked: Workspace, dataset: Path) -> None:
    [warning] = foreseen(stocked, dataset=str(dataset), split="val").warnings
    assert warning.zh == "这个数据集的验证集里没有题目，请换一个数据划分。"


@pytest.mark.parametrize(
    ("stem", "text", "embedder", "model", "said"),
    [
        ("肝素过量时首选哪种药物拮抗？", ENGLISH, "english", "reads", ["the knowledge base 'book' in English"]),
        ("What is the antidote to heparin?", CHINESE, "reads", "tiny", ["the knowledge base 'book' in Chinese"]),
        ("肝素过量时首选哪种药物拮抗？", CHINESE, "english", "reads", ["its embedding model reads none"]),
        ("肝素过量时首选哪种药物拮抗？", CHINESE, "reads", "reads", []),
        ("肝素过量时首选哪种药物拮抗？", CHINESE, "reads", "tiny", ["which tiny hardly reads"]),
        ("What is the antidote to heparin?", ENGLISH, "english", "tiny", []),
        (
            "肝素过量时首选哪种药物拮抗？",
            ENGLISH,
            "across",
            "reads",
            [],
        ),  # it finds a text by a question in another one
    ],
)
def test_languages_that_do_not_meet_are_named(
    stocked: Workspace, stem: str, text: str, embedder: str, model: str, said: list[str]
) -> None:
    write_questions(stocked.root / "rows", [stem] * 4)
    write_base(stocked, text, stocked.models / embedder)
    told = foreseen(stocked, models=[model], modes=["rag"], knowledge="book").warnings
    assert len(told) == len(said)
    assert all(words in warning.en for words, warning in zip(said, told, strict=True))


def test_a_knowledge_base_that_no_mode_asks_is_not_spoken_of(stocked: Workspace) -> None:
    write_questions(stocked.root / "rows", ["肝素过量时首选哪种药物拮抗？"] * 4)
    write_base(stocked, ENGLISH, stocked.models / "english")
    assert foreseen(stocked, models=["reads"], knowledge="book").warnings == ()


def test_of_mixed_questions_nothing_is_said(stocked: Workspace) -> None:
    write_questions(stocked.root / "rows", ["肝素过量时首选哪种药物拮抗？", "What is the antidote to heparin?"] * 3)
    write_base(stocked, ENGLISH, stocked.models / "english")
    assert foreseen(stocked, modes=["rag"], knowledge="book").warnings == ()


def test_a_dataset_without_right_answers_is_refused_before_it_starts(stocked: Workspace) -> None:
    write_questions(stocked.root / "rows", ["What reverses heparin?"])
    recipe = EvaluateRecipe(**{"name": "e", "dataset": "rows", "models": ["tiny"], "modes": ["direct"]})
    assert not check(recipe, resolve_all(stocked, recipe))
    (stocked.root / "rows" / "dataset.json").write_text('{"record": "preference"}')
    [fault] = check(recipe, resolve_all(stocked, recipe))
    assert (fault.where, fault.message.en) == (
        "dataset",
        "an evaluation asks questions, and this dataset holds preferences\n"
        "Choose a dataset of questions: each row has one right answer to compare with.",
    )
