"""What is known of a model folder without loading it, against what the loaded libraries say."""

from __future__ import annotations

import json
import shutil
import struct
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from studio.core.errors import InputError
from studio.core.workspace import REPOSITORY, Workspace
from studio.models.chat_model import check_chat_model, require_language_model
from studio.models.facts import facts_of, whole_facts
from studio.models.load import load_causal, load_tokenizer


def headers(folder: Path, tensors: dict[str, tuple[str, list[int], int]]) -> None:
    """Write a safetensors file whose header names these types, shapes and bytes; the data is left out of the disk's blocks."""
    place, held = 0, {}
    for name, (dtype, shape, size) in tensors.items():
        held[name] = {"dtype": dtype, "shape": shape, "data_offsets": [place, place + size]}
        place += size
    text = json.dumps(held).encode()
    with (folder / "model.safetensors").open("wb") as stream:
        stream.write(struct.pack("<Q", len(text)) + text)
        stream.truncate(8 + len(text) + place)


@pytest.fixture
def changed(tiny_model: Path, tmp_path: Path) -> Callable[..., Path]:
    """Return a function that copies the tiny model with other values in its JSON files: `changed(config={...})`."""

    def make(name: str = "model", **files: dict[str, Any]) -> Path:
        folder = tmp_path / name
        shutil.copytree(tiny_model, folder)
        for file, values in files.items():
            path = folder / f"{file}.json"
            held = json.loads(path.read_text()) if path.exists() else {}
            path.write_text(json.dumps({**held, **values}))
        return folder

    return make


def test_a_models_facts_are_those_of_the_loaded_model(tiny_model: Path) -> None:
    facts, model = facts_of(tiny_model), load_causal(tiny_model)
    tokenizer = load_tokenizer(tiny_model)
    assert facts.parameters == sum(weights.numel() for weights in model.parameters())
    assert (facts.architecture, facts.family, facts.dtype) == ("Qwen2ForCausalLM", "qwen2", "bfloat16")
    assert (facts.context, facts.vocabulary, facts.layers, facts.hidden, facts.heads) == (1024, 512, 2, 64, 4)
    assert facts.end == "<|im_end|>" and facts.ends == (tokenizer.eos_token_id,)
    assert (facts.thinks, facts.takes_system, facts.quantization, facts.adapter) == ("never", True, None, None)


def test_adapters_on_the_layers_it_names_are_those_that_peft_finds(tiny_model: Path) -> None:
    from peft import LoraConfig, get_peft_model

    facts = facts_of(tiny_model)
    config = LoraConfig(r=8, target_modules="all-linear", task_type="CAUSAL_LM")
    trainable, _ = get_peft_model(load_causal(tiny_model), config).get_nb_trainable_parameters()
    assert facts.adapter_parameters(8) == trainable
    assert set(facts.targets) == {"q_proj", "k_proj", "v_proj", "o_proj", "gate_proj", "up_proj", "down_proj"}


def test_reading_them_loads_nothing_heavy(tiny_model: Path) -> None:
    program = (
        "import sys; from pathlib import Path; from studio.models.facts import facts_of;"
        "facts = facts_of(Path(sys.argv[1])); facts.ends, facts.thinks;"
        "print([name for name in ('torch', 'transformers', 'tokenizers', 'safetensors') if name in sys.modules])"
    )
    found = subprocess.run(
        [sys.executable, "-c", program, tiny_model], cwd=REPOSITORY, capture_output=True, text=True, check=True
    )
    assert found.stdout.strip() == "[]"


PACKED = {
    "gptq": ({"quant_method": "gptq", "bits": 4}, {"qweight": ("I32", [8, 96], 3072), "scales": ("F16", [1, 96], 192)}),
    "awq": ({"quant_method": "awq", "bits": 4}, {"qweight": ("I32", [64, 12], 3072), "qzeros": ("I32", [1, 12], 48)}),
    "fp8": ({"quant_method": "fp8"}, {"weight": ("F8_E4M3", [96, 64], 6144), "weight_scale_inv": ("F32", [1, 1], 4)}),
    "bitsandbytes": (
        {"load_in_4bit": True},
        {"weight": ("U8", [3072, 1], 3072), "weight.absmax": ("U8", [96], 96)},
    ),
    "compressed-tensors": (
        {"quant_method": "compressed-tensors", "config_groups": {"group_0": {"weights": {"num_bits": 4}}}},
        {"weight_packed": ("I32", [96, 8], 3072), "weight_shape": ("I64", [2], 16)},
    ),
}


@pytest.mark.parametrize("method", PACKED)
def test_weights_are_counted_however_they_are_packed(changed: Callable[..., Path], method: str) -> None:
    """A layer of 64 numbers in and 96 out, as each of them writes it."""
    config, tensors = PACKED[method]
    folder = changed(config={"quantization_config": config})
    layer = "model.layers.0.self_attn.q_proj"
    headers(folder, {f"{layer}.{name}": tensor for name, tensor in tensors.items()})
    facts = facts_of(folder)
    assert facts.quantization is not None
    assert (facts.quantization.method, facts.parameters) == (method, 64 * 96)
    assert facts.quantization.bits == (8 if method == "fp8" else 4)
    expected = {} if method == "bitsandbytes" else {layer: (64, 96)}  # which writes its layers as one long row
    assert facts.layers_by_name == expected


THINKS = (
    "{% for m in messages %}<|im_start|>{{ m.role }}\n{{ m.content }}<|im_end|>\n{% endfor %}"
    "{% if add_generation_prompt %}<|im_start|>assistant\n"
)
SWITCH = (
    THINKS + "{% if enable_thinking is defined and not enable_thinking %}<think>\n\n</think>\n\n{% endif %}{% endif %}"
)


@pytest.mark.parametrize(("template", "thinks"), [(SWITCH, "can"), (THINKS + "<think>\n{% endif %}", "always")])
def test_whether_it_thinks_is_read_off_its_template(changed: Callable[..., Path], template: str, thinks: str) -> None:
    folder = changed()
    (folder / "chat_template.jinja").write_text(template)
    assert facts_of(folder).thinks == thinks


def test_a_template_that_takes_no_system_prompt(changed: Callable[..., Path]) -> None:
    folder = changed()
    (folder / "chat_template.jinja").write_text(
        "{% if messages[0].role == 'system' %}{{ raise_exception('no system role') }}{% endif %}"
        + THINKS
        + "{% endif %}"
    )
    assert not facts_of(folder).takes_system


def test_what_ends_a_turn_is_told_by_template_settings_and_tokenizer(changed: Callable[..., Path]) -> None:
    """As Qwen2.5's base model: the template ends a turn otherwise than the tokenizer ends a text."""
    folder = changed(
        tokenizer_config={"eos_token": "<|endoftext|>"},
        generation_config={"eos_token_id": [7, 0]},
    )
    facts = facts_of(folder)
    assert (facts.end, facts.ends) == ("<|im_end|>", (2, 7, 0))


def test_facts_follow_the_files(changed: Callable[..., Path]) -> None:
    folder = changed()
    assert facts_of(folder).context == 1024
    config = json.loads((folder / "config.json").read_text())
    (folder / "config.json").write_text(json.dumps({**config, "max_position_embeddings": 99}))
    assert facts_of(folder).context == 99


def test_a_missing_part_of_the_weights_is_named(changed: Callable[..., Path]) -> None:
    index = {"weight_map": {"a": "model.safetensors", "b": "model-00002-of-00002.safetensors"}}
    folder = changed()
    (folder / "model.safetensors.index.json").write_text(json.dumps(index))
    with pytest.raises(InputError, match="model-00002-of-00002"):
        facts_of(folder)


@pytest.mark.parametrize(
    ("config", "words"),
    [
        (
            {"quantization_config": {"quant_method": "gptq", "bits": 4}},
            ("GPTQ, 4 bits", "gptqmodel", "requirements-gptq"),
        ),
        ({"quantization_config": {"quant_method": "awq", "bits": 4}}, ("AWQ, 4 bits", "gptqmodel", "not quantized")),
        ({"architectures": ["BertModel"]}, ("BertModel", "Qwen2ForCausalLM")),
    ],
)
def test_what_cannot_be_loaded_here_is_told_with_its_mend(
    changed: Callable[..., Path], workspace: Workspace, config: dict[str, Any], words: tuple[str, ...]
) -> None:
    with pytest.raises(InputError) as caught:
        require_language_model(changed(config=config), workspace)
    said = caught.value.to("en")
    assert [word for word in words if word not in said] == []
    assert caught.value.to("zh") != said


def test_a_folder_without_a_tokenizer_or_a_template(changed: Callable[..., Path], workspace: Workspace) -> None:
    folder = changed()
    (folder / "chat_template.jinja").unlink()
    with pytest.raises(InputError, match="no chat template"):
        check_chat_model(folder, workspace)
    require_language_model(folder, workspace)
    (folder / "tokenizer.json").unlink()
    with pytest.raises(InputError, match="no tokenizer"):
        require_language_model(folder, workspace)


def test_an_adapter_has_its_bases_facts_and_fits_no_other(
    changed: Callable[..., Path], workspace: Workspace, tmp_path: Path
) -> None:
    from peft import LoraConfig, get_peft_model

    base = changed("base")
    adapter = tmp_path / "adapter"
    config = LoraConfig(r=8, lora_alpha=16, target_modules="all-linear", task_type="CAUSAL_LM")
    get_peft_model(load_causal(base), config).save_pretrained(str(adapter))
    assert facts_of(adapter).parameters == facts_of(base).adapter_parameters(8)
    facts = require_language_model(adapter, workspace)
    assert facts.adapter is not None
    assert (facts.adapter.rank, facts.adapter.alpha, facts.parameters) == (8, 16, facts_of(base).parameters)
    assert set(facts.adapter.targets) == set(facts.targets)
    assert facts.end == "<|im_end|>", "its base's tokenizer counts where it has none"

    headers(base, {"model.layers.0.self_attn.q_proj.weight": ("BF16", [96, 64], 2 * 96 * 64)})
    with pytest.raises(InputError, match="trained over another model"):
        whole_facts(workspace, adapter)
        require_language_model(adapter, workspace)
