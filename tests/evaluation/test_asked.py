"""Who is asked what: systems, questions, and the journal of answers."""

from __future__ import annotations

from pathlib import Path

import pytest

from studio.core.errors import InputError
from studio.core.workspace import Workspace
from studio.data.records.question import Question
from studio.evaluation.questions import choose
from studio.evaluation.systems import systems_of
from studio.runs.references import Reference, public_name, resolve
from tests.evaluation.helpers import modes


def test_contestants_in_order_each_once() -> None:
    found = systems_of(["base", "tuned", "base"], modes("direct", "rag", "direct"), "book")
    assert [system.name for system in found] == ["base:direct", "base:rag", "tuned:direct", "tuned:rag"]
    assert [system.place for system in found] == ["models.0", "models.0", "models.1", "models.1"]


def test_paths_get_short_names_that_stay_apart() -> None:
    models = ["Qwen/Qwen2.5-0.5B-Instruct", "/data/one/tiny", "/data/two/tiny", "runs/20261120-101500-train-a/model"]
    assert [system.model for system in systems_of(models, modes("direct"), "")] == [
        "Qwen/Qwen2.5-0.5B-Instruct",
        "tiny",
        "/data/two/tiny",
        "20261120-101500-train-a",
    ]


def test_rag_needs_knowledge() -> None:
    with pytest.raises(InputError) as caught:
        systems_of(["base"], modes("rag"), "")
    assert caught.value.where == "knowledge" and "rag" in caught.value.message.zh


def test_public_name(workspace: Workspace) -> None:
    (workspace.models / "own").mkdir()
    (workspace.models / "own" / "config.json").write_text("{}")
    for given in ("own", "models/own", str(workspace.models / "own")):
        reference = resolve(workspace, "model", given)
        assert public_name(workspace, "models.0", reference) == "own"
    moved = Reference("own", "model", "runs/20261120-101500-train-own/model")
    elsewhere = Reference("/data/tiny", "model", "/data/tiny")
    for reference in (moved, elsewhere):
        with pytest.raises(InputError, match="by name") as caught:
            public_name(workspace, "models.1", reference)
        assert caught.value.where == "models.1"


def test_questions_by_seed(dataset: Path) -> None:
    every = [question.id for question in choose(dataset, "test", None, 1)]
    assert every == ["o1", "o2", "o3", "c1", "c2"]
    three = [question.id for question in choose(dataset, "test", 3, 1)]
    assert len(three) == 3 and three == [id for id in every if id in three]
    assert set(three) < {question.id for question in choose(dataset, "test", 4, 1)}
    assert {tuple(question.id for question in choose(dataset, "test", 2, seed)) for seed in range(20)} != {
        tuple(three[:2])
    }


def test_no_questions_says_where_there_are_some(dataset: Path) -> None:
    with pytest.raises(InputError) as caught:
        choose(dataset, "val", None, 1)
    assert "test 5" in caught.value.message.en and caught.value.where == "split"


def test_a_dataset_of_something_else_is_named(dataset: Path) -> None:
    (dataset / "dataset.json").write_text('{"record": "conversation"}')
    with pytest.raises(InputError, match="this dataset holds conversations") as caught:
        choose(dataset, "test", None, 1)
    assert caught.value.where == "dataset"


def test_questions_are_records(dataset: Path) -> None:
    assert all(isinstance(question, Question) for question in choose(dataset, "test", None, 1))
