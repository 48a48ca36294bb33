from __future__ import annotations

import pytest

from studio.core import recipe as recipes
from studio.core.errors import RecipeError
from studio.runs.recipes import validate_document
from studio.training.recipe import TrainRecipe

FIVE_MISTAKES = """\
kind: train
name: my/run
dataset: d
method: lore
epochs: -1
learning_rate: fast
learning_rte: 1e-4
"""


def faults(text: str) -> list[str]:
    with pytest.raises(RecipeError) as caught:
        validate_document(recipes.read(text, "r.yaml"))
    return [fault.to("en") for fault in caught.value.faults]


def test_five_mistakes_give_one_message_with_their_lines() -> None:
    found = faults(FIVE_MISTAKES)
    assert len(found) == 5
    for line, word in ((2, "name"), (4, "method"), (5, "epochs"), (6, "learning_rate"), (7, "learning_rte")):
        assert any(item.startswith(f"r.yaml line {line}: {word}") for item in found), (line, found)
    assert "'full', 'lora' or 'qlora'" in next(item for item in found if "method" in item)
    assert "accepted here" in next(item for item in found if "learning_rte" in item)


def test_every_fault_reads_in_chinese() -> None:
    with pytest.raises(RecipeError) as caught:
        validate_document(recipes.read(FIVE_MISTAKES, "r.yaml"))
    for fault in caught.value.faults:
        assert any("\u4e00" <= character <= "\u9fff" for character in fault.message.zh), fault


def test_a_typo_in_a_nested_list_is_located() -> None:
    text = "kind: dataset\nname: d\nsources:\n  - file: a\n  - fil: b\n"
    found = faults(text)
    assert any(
        item.startswith("r.yaml line 5: sources.1.fil") and "file, encoding, " in item and ", layout, split" in item
        for item in found
    )
    assert any("sources.1.file" in item and "missing" in item for item in found)


@pytest.mark.parametrize(
    ("text", "word"),
    [
        ("kind: train\n  name: x\n", "line 2"),
        ("kind: train\nkind: dataset\nname: x\n", "given twice"),
        ("- a\n- b\n", "key: value"),
        ("name: x\n", "'kind' is missing"),
        ("kind: trian\nname: x\n", "accepted: dataset, evaluate"),
        ("kind: !!python/object/apply:os.system [ls]\n", "could not determine a constructor"),
    ],
)
def test_what_is_no_recipe_is_said_to_be_none(text: str, word: str) -> None:
    assert any(word in item for item in faults(text)), faults(text)


def test_settings_override_and_point_at_themselves() -> None:
    document = recipes.read("kind: train\nname: a\ndataset: d\n", "r.yaml")
    changed = recipes.override(document, ["learning_rate=1e-3", "name=b"])
    recipe = recipes.validate(changed, TrainRecipe)
    assert (recipe.learning_rate, recipe.name) == (1e-3, "b")
    with pytest.raises(RecipeError, match="--set epochs"):
        recipes.validate(recipes.override(document, ["epochs=no"]), TrainRecipe)
    with pytest.raises(RecipeError, match="accepted: --set"):
        recipes.override(document, ["epochs"])


def test_settings_reach_into_lists() -> None:
    document = recipes.read("kind: dataset\nname: d\nsources:\n- file: a\n", "r.yaml")
    assert recipes.override(document, ["sources.0.split=test"]).values["sources"][0]["split"] == "test"


def test_a_dumped_recipe_reads_back_the_same() -> None:
    recipe = TrainRecipe(name="名字", dataset="d", learning_rate=1e-5)
    again = recipes.validate(recipes.read(recipe.dump(), "r.yaml"), TrainRecipe)
    assert again == recipe
    assert "名字" in recipe.dump()


@pytest.mark.parametrize(
    ("setting", "word"),
    [
        ("sources=[e.txt]", "--set sources.0: "),
        ("sources.0=e.txt", "--set sources.0: "),
        ("sources.0.fil=e", "--set sources.0.fil: "),
        ("more.deep=1", "--set more: "),
        ("sources.²=1", "there is no 'sources.²' to set"),
        (f"sources.{'9' * 5_000}=1", "to set"),
        ("name=2026-02-31", "--set name line 1: '2026-02-31' is no timestamp"),
    ],
)
def test_a_fault_of_a_setting_is_not_blamed_on_the_file(setting: str, word: str) -> None:
    document = recipes.read("kind: dataset\nname: d\nsources:\n- file: a\n", "r.yaml")
    with pytest.raises(RecipeError) as caught:
        validate_document(recipes.override(document, [setting]))
    assert word in caught.value.to("en")
    assert "r.yaml" not in caught.value.to("en")


def test_what_was_given_is_shown_in_short() -> None:
    [fault] = faults(f"kind: train\nname: {'x' * 5_000}\ndataset: d\n")
    assert len(fault) < 300
