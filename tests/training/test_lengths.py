"""How long rows are as a model sees them, measured by a run, and what is foreseen from it."""

from __future__ import annotations

from pathlib import Path

import pytest

from studio.core.reporter import Stopped
from studio.core.workspace import Workspace
from studio.data.records.question import Question
from studio.models.load import load_tokenizer
from studio.runs import references
from studio.runs.directory import Run
from studio.runs.store import RunStore
from studio.training.encoding import encode
from studio.training.kinds import lengths, train
from studio.training.lengths import PartLengths
from studio.training.recipe import LengthsRecipe, TrainRecipe
from tests.training.conftest import again, questions, silent, write_dataset
from tests.training.test_encoding import long_rows


def begun(workspace: Workspace, model: Path, **fields: object) -> tuple[LengthsRecipe, Run]:
    recipe = LengthsRecipe.model_validate({"name": "l", "model": str(model), "dataset": "facts", **fields})
    resolved = references.resolve_all(workspace, recipe)
    assert not lengths.check(recipe, resolved)
    return recipe, RunStore(workspace).create(recipe, {"references": references.dump(resolved.require())})


def finished(workspace: Workspace, model: Path, **fields: object) -> dict[str, PartLengths]:
    recipe, run = begun(workspace, model, **fields)
    outcome = lengths.run(recipe, again(run, workspace))
    run.write_result("finished", metrics=outcome.metrics, outputs=outcome.outputs, error=None)
    return lengths.known_lengths(workspace, model, workspace.root / "facts", lengths.measured(recipe))


def test_what_is_measured_is_what_a_training_cuts(workspace: Workspace, tiny_model: Path) -> None:
    rows = [*questions(3), *long_rows(), silent()]
    write_dataset(workspace.root / "facts", rows, questions())
    found = finished(workspace, tiny_model)
    assert (found["train"].rows, found["val"].rows, found["test"].rows) == (16, 4, 0)
    assert (found["train"].no_answer, found["train"].refused) == (1, 0)
    tokenizer = load_tokenizer(tiny_model)
    for length in (30, 60, 80, 300, found["train"].longest):
        encoded = encode(rows, tokenizer, length)
        assert found["train"].over(length) == encoded.truncated + encoded.too_long
    [*_, last] = encode(rows, tokenizer, 10_000).rows
    assert found["train"].longest >= len(last["input_ids"])


def test_the_line_before_the_start_says_what_will_be_shortened(workspace: Workspace, tiny_model: Path) -> None:
    write_dataset(workspace.root / "facts", [*questions(), *long_rows()[:3]])
    values = {"name": "n", "model": str(tiny_model), "dataset": "facts", "max_length": 100}
    recipe = TrainRecipe.model_validate(values)

    def told(recipe: TrainRecipe) -> list[str]:
        return [text.zh for text in train.forecast(recipe, references.resolve_all(workspace, recipe)).warnings]

    assert told(recipe) == []
    longest = finished(workspace, tiny_model)["train"].longest
    [warning] = told(recipe)
    assert warning == (
        f"7 行训练数据中有 3 行（42.9%）超过 100 个 token，将被截短或略过；最长的有 {longest} 个 token。"
        "上限由“最大长度”（max_length）设定。"
    )
    assert told(recipe.model_copy(update={"max_length": longest})) == []
    assert told(TrainRecipe.model_validate({**values, "objective": {"name": "sft", "answer_style": "letter"}})) == []


def test_rows_that_a_template_cannot_show_are_counted_with_the_first_and_its_reason(
    workspace: Workspace, tiny_model: Path, tmp_path: Path
) -> None:
    folder = tmp_path / "strict"
    tokenizer = load_tokenizer(tiny_model)
    refuse = "{% if 'opioids' in messages[0].content %}{{ raise_exception('no opioids') }}{% endif %}"
    tokenizer.chat_template = refuse + str(tokenizer.chat_template)
    tokenizer.save_pretrained(folder)
    for name in ("config.json", "model.safetensors"):
        (folder / name).symlink_to(tiny_model / name)
    write_dataset(workspace.root / "facts", questions(2))
    found = finished(workspace, folder)["train"]
    assert (found.rows, found.refused) == (6, 2)
    assert found.example is not None and found.example[0] == 3 and "no opioids" in found.example[1].zh
    recipe = TrainRecipe.model_validate({"name": "n", "model": str(folder), "dataset": "facts"})
    [warning] = train.forecast(recipe, references.resolve_all(workspace, recipe)).warnings
    assert warning.en.startswith("2 training rows will be left out. The first is row 3: the chat template refuses it")


def test_options_that_word_the_rows_are_measured_with_them(workspace: Workspace, tiny_model: Path) -> None:
    row = Question(id="1", stem="选", options={"A": "甲" * 20, "B": "乙"}, gold="A", explanation="因为" * 100)
    write_dataset(workspace.root / "facts", [row])
    styles = ("letter", "letter_text", "explanation_first")
    found = [
        finished(workspace, tiny_model, objective={"name": "sft", "answer_style": style})["train"].longest
        for style in styles
    ]
    assert found == sorted(found) and len(set(found)) == 3


def test_it_stops_when_it_is_asked_to_and_a_damaged_result_counts_as_none(
    workspace: Workspace, tiny_model: Path
) -> None:
    write_dataset(workspace.root / "facts", questions())
    recipe, run = begun(workspace, tiny_model)
    run.ask_stop()
    with pytest.raises(Stopped):
        lengths.run(recipe, again(run, workspace))
    assert finished(workspace, tiny_model)["train"].rows == 4
    newest = next(RunStore(workspace).finished("lengths")).run
    (newest.path / "lengths" / "lengths.json").write_text('{"train": {}}')
    place = workspace.root / "facts"
    assert lengths.known_lengths(workspace, tiny_model, place, lengths.measured(recipe)) == {}
