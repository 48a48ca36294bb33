"""What is said before a training starts, against what the training then does."""

from __future__ import annotations

import json
import shutil
from pathlib import Path
from typing import Any

import pytest

from studio.core.errors import InputError
from studio.core.reporter import Stopped
from studio.core.workspace import Workspace
from studio.data.records.question import Question
from studio.runs.references import resolve_all
from studio.runs.view import view
from studio.training.kinds.train import check, forecast, run
from tests.training.conftest import Order, again, questions, write_dataset


@pytest.mark.parametrize(
    "fields",
    [
        {"epochs": 1.5, "batch_size": 2, "accumulate": 3, "max_steps": 50},
        {"epochs": 5, "batch_size": 3, "max_steps": 3},
    ],
)
def test_the_steps_foreseen_are_the_steps_done(order: Order, workspace: Workspace, fields: dict[str, Any]) -> None:
    recipe, job = order(train=questions(2)[:7], **fields)
    foreseen = forecast(recipe, resolve_all(workspace, recipe))
    rows, epochs, steps = (amount.count for amount in foreseen.amounts)
    outcome = run(recipe, job)
    done = view(job.run).progress
    assert (rows, steps) == (7, done.done) == (7, outcome.metrics["steps"])
    assert foreseen.work == steps * recipe.batch_size * recipe.accumulate
    assert epochs == round(min(round(recipe.epochs * 7), foreseen.work) / 7, 2)


def test_a_training_that_is_resumed_does_the_steps_foreseen(order: Order, workspace: Workspace) -> None:
    recipe, job = order(train=questions(2)[:7], epochs=4, batch_size=2, accumulate=2)
    foreseen = forecast(recipe, resolve_all(workspace, recipe)).amounts[-1].count
    job.run.ask_stop()
    with pytest.raises(Stopped):
        run(recipe, job)
    job.run.stop_file.unlink()
    outcome = run(recipe, again(job.run, workspace))
    assert outcome.metrics["steps"] == view(job.run).progress.done == foreseen


def test_a_model_without_chinese_is_named_where_the_rows_are_chinese(order: Order, workspace: Workspace) -> None:
    chinese = [Question(id=str(n), stem="肝素过量时首选哪种药物拮抗？", gold="鱼精蛋白。") for n in range(4)]
    english = [Question(id=str(n), stem="What is the antidote to heparin?", gold="Protamine.") for n in range(4)]
    recipe, _ = order(train=chinese)
    [warning] = forecast(recipe, resolve_all(workspace, recipe)).warnings
    assert "hardly reads any" in warning.en
    assert "基本不懂中文" in warning.zh
    for rows in (english, english + chinese):
        write_dataset(workspace.root / "facts", rows)
        assert forecast(recipe, resolve_all(workspace, recipe)).warnings == ()


def test_what_is_not_known_is_left_out(order: Order, workspace: Workspace, tiny_model: Path) -> None:
    recipe, _ = order()
    shutil.rmtree(workspace.root / "facts")
    assert forecast(recipe, resolve_all(workspace, recipe)).amounts == ()
    write_dataset(workspace.root / "facts", [])
    [warning] = forecast(recipe, resolve_all(workspace, recipe)).warnings
    assert "no rows" in warning.en


def test_rows_that_the_objective_does_not_learn_from_are_refused_with_what_to_do(
    order: Order, workspace: Workspace
) -> None:
    recipe, _ = order()
    assert not check(recipe, resolve_all(workspace, recipe))
    (workspace.root / "facts" / "dataset.json").write_text('{"record": "preference"}')
    [fault] = check(recipe, resolve_all(workspace, recipe))
    assert fault.where == "dataset"
    assert fault.message.en.startswith(
        "its rows are preferences; this objective learns from questions, conversations. "
    )
    assert "columns:" in fault.message.en and "columns:" in fault.message.zh and "偏好对" in fault.message.zh


def test_a_dataset_with_identifiers_does_not_train_before_its_recipe_says_so(
    order: Order, workspace: Workspace
) -> None:
    recipe, job = order()
    about = workspace.root / "facts" / "dataset.json"
    found = {"action": "count", "said": False, "rows": 2, "fixed": 0, "dropped": 0}
    about.write_text(json.dumps({"checks": {"identifiers": found}}))
    [fault] = check(recipe, resolve_all(workspace, recipe))
    assert fault.where == "dataset"
    assert "2 of its rows hold personal identifiers" in fault.message.en and "clean:" in fault.message.zh
    with pytest.raises(InputError, match="personal identifiers"):
        run(recipe, job)
    about.write_text(json.dumps({"checks": {"identifiers": {**found, "said": True}}}))
    assert not check(recipe, resolve_all(workspace, recipe))


def test_a_subset_is_foreseen_and_one_too_large_is_a_fault(order: Order, workspace: Workspace) -> None:
    recipe, _ = order(train=questions(2)[:7], rows=3, epochs=1)
    assert forecast(recipe, resolve_all(workspace, recipe)).amounts[0].count == 3
    assert check(recipe, resolve_all(workspace, recipe)) == []
    recipe, _ = order(train=questions(2)[:7], rows=8)
    [fault] = check(recipe, resolve_all(workspace, recipe))
    assert (fault.where, "8 training rows are asked for, and the dataset has 7" in fault.message.en) == ("rows", True)


def test_a_few_steps_on_many_rows_are_told_in_rows(order: Order, workspace: Workspace) -> None:
    recipe, _ = order(train=questions(2) * 100, max_steps=1, batch_size=1)
    rows = len(questions(2) * 100)
    told = [(amount.count, amount.unit.en) for amount in forecast(recipe, resolve_all(workspace, recipe)).amounts]
    assert rows > 200 and told == [(1, f"of {rows:,} rows"), (1, "steps")]
