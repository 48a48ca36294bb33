"""A check is as deep as the run: what would end a training is told before it, each at its line with its mend."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import pytest

from studio.core import recipe as recipes
from studio.core.errors import RecipeError
from studio.core.records import Sampling
from studio.core.workspace import Workspace
from studio.data.records.base import Row
from studio.data.records.question import Question
from studio.engines.backends.local import LocalEngine
from studio.models.facts import facts_of
from studio.models.servable import servable
from studio.runs.outlook import outlook
from studio.runs.recipes import Checked, check_whole
from studio.training.kinds.train import run
from tests.engines.helpers import ask, stream
from tests.training.conftest import FACTS, Order, questions, silent, write_dataset

Check = Callable[..., Checked]


@pytest.fixture
def check(workspace: Workspace, tiny_model: Path) -> Check:
    """Return a function that checks a train recipe over a copy of the tiny model: `check("rank: 8", config={...})`."""

    def make(
        lines: str = "",
        train: Sequence[Row] | None = None,
        val: Sequence[Row] = (),
        remove: Sequence[str] = (),
        template: str | None = None,
        **files: dict[str, Any],
    ) -> Checked:
        folder = workspace.models / "base"
        shutil.rmtree(folder, ignore_errors=True)
        shutil.copytree(tiny_model, folder)
        for name in remove:
            (folder / name).unlink()
        if template is not None:
            (folder / "chat_template.jinja").write_text(template)
        for name, values in files.items():
            held = json.loads((folder / f"{name}.json").read_text())
            (folder / f"{name}.json").write_text(json.dumps({**held, **values}))
        write_dataset(workspace.root / "facts", questions() if train is None else train, val)
        text = f"kind: train\nname: tuned\nmodel: base\ndataset: facts\n{lines}"
        return check_whole(workspace, recipes.read(text, "r.yaml"))

    return make


def faults(check: Check, *arguments: Any, **more: Any) -> dict[str, str]:
    """What a check says, by the line and field it says it of."""
    with pytest.raises(RecipeError) as caught:
        check(*arguments, **more)
    assert all(max(fault.message.zh) >= "\u4e00" for fault in caught.value.faults), "told in Chinese as well"
    return {fault.where.removeprefix("r.yaml "): fault.message.en for fault in caught.value.faults}


GPTQ = {"quantization_config": {"quant_method": "gptq", "bits": 4}}
PACKED = {"quantization_config": {"quant_method": "bitsandbytes", "load_in_4bit": True}}
NO_TEMPLATE = ("chat_template.jinja",)


def test_a_sound_recipe_passes(check: Check) -> None:
    assert check("rank: 64\nmax_length: 1024\nevaluate_every: 2\n", val=questions()).resolved.faults == ()


@pytest.mark.parametrize(
    ("lines", "more", "where", "words"),
    [
        ("method: qlora", {"config": PACKED}, "line 5: method", ("quantized already (bitsandbytes, 4 bits)", "lora")),
        ("method: full", {"config": PACKED}, "line 5: method", ("only adapters can learn", "lora")),
        ("", {"config": GPTQ}, "line 3: model", ("GPTQ, 4 bits", "gptqmodel and optimum", "requirements-gptq.txt")),
        (
            "",
            {"config": {"quantization_config": {"quant_method": "fp8"}}},
            "line 3: model",
            ("FP8, 8 bits", "not quantized"),
        ),
        ("", {"remove": NO_TEMPLATE}, "line 1: template", ("base model", "alpaca, chatml, mistral, qwen")),
        (
            "template: llama3",
            {"remove": NO_TEMPLATE},
            "line 5: template",
            ("<|eot_id|>", "vocabulary does not have", "chatml"),
        ),
        ("", {"template": "{% for m in messages %}{{ m.content }}\n{% endfor %}"}, "line 1: template", ("end of turn",)),
        ("thinking: 'off'", {}, "line 5: thinking", ("no switch", "auto")),
        ("method: {name: lora, rank: 100000000}", {}, "line 5: method.rank", ("64 or less", "usual 8 to 64")),
        ("rank: 100000000", {}, "line 5: rank", ("64 or less",)),
        ("max_length: 1000000", {}, "line 5: max_length", ("1024 or less",)),
        ("method: full\nrank: 64", {}, "line 6: rank", ("full has no such option", "lora, qlora")),
        ("evaluate_every: 2", {}, "line 5: evaluate_every", ("no validation rows", "empty")),
        ("epochs: .inf", {}, "line 5: epochs", ("a number that is finite",)),
        ("learning_rate: .nan", {}, "line 5: learning_rate", ("given NaN",)),
        ("", {"train": [silent()]}, "line 4: dataset", ("answer to learn from", "masked")),
        ("", {"remove": ("model.safetensors",)}, "line 3: model", ("no weights", "models fetch")),
        ("", {"config": {"architectures": ["BertModel"]}}, "line 3: model", ("BertModel",)),
        ("", {"template": "{{ raise_exception('only doctors') }}<|im_end|>"}, "line 1: template", ("end of turn",)),
    ],
)  # fmt: skip
def test_each_fault_is_told_at_its_line(
    check: Check, lines: str, more: dict[str, Any], where: str, words: tuple[str, ...]
) -> None:
    found = faults(check, lines, **more)
    assert list(found) == [where]
    assert [word for word in words if word not in found[where]] == []


def test_all_are_told_at_once(check: Check) -> None:
    found = faults(check, "method: {name: lora, rank: 1000}\nmax_length: 5000\nevaluate_every: 3\n", remove=NO_TEMPLATE)
    assert list(found) == ["line 5: method.rank", "line 6: max_length", "line 1: template", "line 7: evaluate_every"]


ENDS = "{% for m in messages %}<|im_start|>{{ m.role }}\n{{ m.content }}<|im_end|>\n{% endfor %}"
HEADER = "{% if add_generation_prompt %}<|im_start|>assistant\n"


@pytest.mark.parametrize(
    ("template", "reason"),
    [
        ("{% if messages|length > 1 or add_generation_prompt %}" + ENDS + HEADER + "<think>\n{% endif %}{% endif %}", "always thinks"),
        (ENDS + HEADER + "{% endif %}{% if 'reverses' in messages[0].content %}{{ raise_exception('no drugs') }}{% endif %}", "no drugs"),
    ],
)  # fmt: skip
def test_rows_that_the_template_cannot_show_are_told(check: Check, template: str, reason: str) -> None:
    rows = [row for row in questions() if isinstance(row, Question) and "reverses" in row.stem]
    found = faults(check, train=rows, template=template)
    assert list(found) == ["line 1: template"] and reason in found["line 1: template"]


def test_a_system_prompt_where_the_template_shows_none(check: Check) -> None:
    template = (
        "{% if messages[0].role == 'system' %}{{ raise_exception('no system role') }}{% endif %}"
        + ENDS
        + HEADER
        + "{% endif %}"
    )
    found = faults(check, "objective: {name: sft, system: Be brief.}", template=template)
    assert list(found) == ["line 5: objective.system"]


def test_a_recipe_that_an_older_studio_wrote_out_is_read(check: Check) -> None:
    assert check("method: full\nrank: 16\nalpha: 32\ndropout: 0.0\nlearning_rate: 1e-5\n").recipe.name == "tuned"


@pytest.mark.parametrize(
    ("lines", "told"), [("method: full", True), ("method: full\nlearning_rate: 2e-5", False), ("", False)]
)
def test_a_high_learning_rate_for_full_is_remarked(check: Check, lines: str, told: bool) -> None:
    warnings = [warning.en for warning in outlook(check(lines)).warnings]
    assert [warning for warning in warnings if "0.0002, high for Full" in warning] == warnings[:1] * told


def test_a_base_model_learns_to_answer_and_to_stop(order: Order, workspace: Workspace, tiny_model: Path) -> None:
    """As Qwen2.5's base: no template, and its texts end otherwise than a turn will."""
    base = workspace.models / "base"
    shutil.copytree(tiny_model, base)
    (base / "chat_template.jinja").unlink()
    held = json.loads((base / "tokenizer_config.json").read_text())
    (base / "tokenizer_config.json").write_text(json.dumps({**held, "eos_token": "<|endoftext|>"}))
    for name in ("config", "generation_config"):
        values = json.loads((base / f"{name}.json").read_text())
        (base / f"{name}.json").write_text(json.dumps({**values, "eos_token_id": 0}))
    assert facts_of(base).ends == (0,)

    rows = questions()[:1]
    recipe, job = order(rows, model="base", method="full", template="chatml", epochs=40, learning_rate=3e-3)
    run(recipe, job)
    made = servable(workspace, job.path / "model")
    facts = facts_of(made)
    assert (facts.end, facts.ends, facts.tokenizer.names["eos_token"]) == ("<|im_end|>", (2, 0), "<|im_end|>")
    assert json.loads((made / "generation_config.json").read_text())["eos_token_id"] == [2, 0]
    with LocalEngine(made) as engine:
        *told, last = stream(engine, ask("What reverses heparin?"), Sampling(max_tokens=60))
    assert "".join(delta.text for delta in (*told, last)) == FACTS["What reverses heparin?"]
    assert last.finish_reason == "stop"


def test_an_adapter_keeps_the_template_it_was_trained_with(
    order: Order, workspace: Workspace, tiny_model: Path
) -> None:
    base = workspace.models / "base"
    shutil.copytree(tiny_model, base)
    (base / "chat_template.jinja").unlink()
    recipe, job = order(model="base", template="qwen", max_steps=1)
    run(recipe, job)
    merged = facts_of(servable(workspace, job.path / "model"))
    assert "You are Qwen" in merged.template and merged.end == "<|im_end|>"
