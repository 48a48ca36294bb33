"""Files of LLaMA-Factory as recipes of ours, and its keys in a recipe."""

from __future__ import annotations

from pathlib import Path

import pytest

from studio.core import recipe as recipes
from studio.core import yamlfile
from studio.core.errors import RecipeError
from studio.training.llamafactory import KEYS, imported
from studio.training.recipe import TrainRecipe

# as its examples/train_lora and train_qlora have them
LORA = """
model_name_or_path: meta-llama/Meta-Llama-3-8B-Instruct
trust_remote_code: true
stage: sft
do_train: true
finetuning_type: lora
lora_rank: 16
lora_target: all
dataset: identity,alpaca_en_demo
template: llama3
cutoff_len: 1024
max_samples: 1000
preprocessing_num_workers: 16
output_dir: saves/llama3-8b/lora/sft
logging_steps: 10
save_steps: 500
plot_loss: true
report_to: none
per_device_train_batch_size: 1
gradient_accumulation_steps: 8
learning_rate: 1.0e-4
num_train_epochs: 3.0
lr_scheduler_type: cosine
warmup_ratio: 0.1
bf16: true
val_size: 0.1
neat_packing: true
"""


def test_a_file_becomes_a_recipe_and_what_is_left_is_listed() -> None:
    found = imported(yamlfile.parse(LORA, "l.yaml")[0])
    recipe = recipes.validate(recipes.read(yamlfile.dump(found.values), "r.yaml"), TrainRecipe)
    assert (recipe.name, recipe.model, recipe.dataset) == (
        "llama3-8b-lora-sft",
        "meta-llama/Meta-Llama-3-8B-Instruct",
        "identity",
    )
    assert recipe.method.dump() == {"name": "lora", "rank": 16, "alpha": 32, "dropout": 0.0}
    assert (recipe.batch_size, recipe.accumulate, recipe.epochs, recipe.learning_rate) == (1, 8, 3.0, 1e-4)
    assert (recipe.rows, recipe.max_length, recipe.warmup, recipe.checkpoint_every) == (1000, 1024, 0.1, 500)
    assert (recipe.template, recipe.thinking, recipe.trackers) == ("llama3", "auto", [])
    assert [key for key, _, _ in found.left] == ["dataset", "val_size", "neat_packing"]


@pytest.mark.parametrize(
    ("given", "method"),
    [
        ({"finetuning_type": "full"}, "full"),
        ({"quantization_bit": 4}, {"name": "qlora", "rank": 8, "alpha": 16, "dropout": 0.0}),
    ],
)
def test_its_defaults_are_written_out(given: dict[str, object], method: object) -> None:
    found = imported({"model_name_or_path": "m", "dataset": "d", "max_steps": -1, **given})
    recipe = TrainRecipe.model_validate(found.values)
    assert recipe.method.dump() == method
    assert (recipe.learning_rate, recipe.max_length, recipe.warmup, recipe.max_steps) == (5e-5, 2048, 0.0, None)


def test_thinking_system_and_what_there_is_no_counterpart_for() -> None:
    given = {
        **{"model_name_or_path": "m", "dataset": "d", "enable_thinking": False, "default_system": "Be brief."},
        **{
            "template": "qwen3",
            "report_to": "wandb",
            "stage": "ppo",
            "finetuning_type": "freeze",
            "quantization_bit": 8,
        },
    }
    found = imported(given)
    assert found.values["thinking"] == "off" and found.values["trackers"] == [] and "template" not in found.values
    assert {key for key, _, _ in found.left} == {
        "template",
        "report_to",
        "stage",
        "finetuning_type",
        "quantization_bit",
    }
    system = imported({"model_name_or_path": "m", "dataset": "d", "default_system": "Be brief."}).values["objective"]
    assert system == {"name": "sft", "system": "Be brief."}


def test_every_key_has_a_place_in_a_recipe() -> None:
    recipe = TrainRecipe(name="m", dataset="d").model_dump()
    for place in KEYS.values():
        field, _, option = place.partition(".")
        assert field in recipe and (not option or option in recipe[field])


def told(text: str) -> str:
    with pytest.raises(RecipeError) as caught:
        recipes.validate(recipes.read(f"kind: train\nname: m\ndataset: d\n{text}", "r.yaml"), TrainRecipe)
    return caught.value.to("en")


@pytest.mark.parametrize(
    ("key", "meant"),
    [
        ("learning_rates", "learning_rate"),
        ("num_train_epochs", "epochs"),
        ("lora_rank", "method.rank"),
        ("num_train_epoch", "epochs"),
        ("rnak", "method.rank"),
    ],
)
def test_the_nearest_key_is_named(key: str, meant: str) -> None:
    assert f"(did you mean '{meant}'?)" in told(f"{key}: 1\n")
    assert "did you mean" not in told("zzz: 1\n")


def test_an_option_is_meant_as_well() -> None:
    assert "(did you mean 'rank'?)" in told("method: {name: lora, rnk: 1}\n")


def test_the_command_prints_the_recipe_and_tells_the_rest_apart(
    tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    from typer.testing import CliRunner

    from studio.cli import app

    (tmp_path / "llama.yaml").write_text(LORA)
    ran = CliRunner().invoke(app, ["--workspace", str(tmp_path), "import-recipe", str(tmp_path / "llama.yaml")])
    assert ran.exit_code == 0
    assert recipes.read(ran.stdout, "r.yaml").values["model"] == "meta-llama/Meta-Llama-3-8B-Instruct"
    assert "not taken over: neat_packing: True" in ran.stderr
    with pytest.raises(RecipeError, match="import-recipe"):
        assert recipes.read(LORA, "llama.yaml").kind
