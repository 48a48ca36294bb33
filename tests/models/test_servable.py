from __future__ import annotations

import json
import shutil
from pathlib import Path

import pytest
import torch
from peft import LoraConfig, PeftModel, get_peft_model
from safetensors.torch import load_file

from studio.core.errors import InputError
from studio.core.workspace import Workspace
from studio.models.folder import base_folder
from studio.models.load import load_causal, load_tokenizer
from studio.models.servable import servable


def adapter(base: Path, folder: Path) -> Path:
    """An adapter with weights that matter."""
    model = get_peft_model(load_causal(base), LoraConfig(r=4, target_modules="all-linear", task_type="CAUSAL_LM"))
    torch.manual_seed(1)
    for name, weight in model.named_parameters():
        if "lora_B" in name:
            torch.nn.init.normal_(weight, std=0.2)
    model.save_pretrained(folder)
    load_tokenizer(base).save_pretrained(folder)
    (folder / "studio.json").write_text(json.dumps({"base": {"given": "tiny", "path": str(base), "sha256": ""}}))
    return folder


def test_a_whole_model_is_served_as_it_is(workspace: Workspace, tiny_model: Path) -> None:
    assert servable(workspace, tiny_model) == tiny_model


def test_an_adapter_is_merged_once_and_answers_as_unmerged(
    workspace: Workspace, tiny_model: Path, tmp_path: Path
) -> None:
    made = adapter(tiny_model, tmp_path / "adapter")
    merged = servable(workspace, made)
    stamp = (merged / "model.safetensors").stat().st_mtime_ns
    assert servable(workspace, made) == merged
    assert (merged / "model.safetensors").stat().st_mtime_ns == stamp
    tokenizer = load_tokenizer(merged)
    ids = torch.tensor([tokenizer("heparin")["input_ids"]])
    with torch.no_grad():
        one = load_causal(merged, torch.float32)(ids).logits
        two = PeftModel.from_pretrained(load_causal(tiny_model, torch.float32), str(made))(ids).logits
        base = load_causal(tiny_model, torch.float32)(ids).logits
    assert (one - two).abs().max() < 0.1 * (base - two).abs().max()


def test_an_adapter_over_an_adapter_needs_no_merged_cache(
    workspace: Workspace, tiny_model: Path, tmp_path: Path
) -> None:
    first = adapter(tiny_model, tmp_path / "first")
    second = adapter(servable(workspace, first), tmp_path / "second")
    (second / "studio.json").write_text(json.dumps({"base": {"given": "first", "path": str(first), "sha256": ""}}))
    merged = load_file(servable(workspace, second) / "model.safetensors")
    shutil.rmtree(workspace.models / ".merged")
    again = load_file(servable(workspace, second) / "model.safetensors")
    once = load_file(servable(workspace, first) / "model.safetensors")
    assert all(torch.equal(value, merged[name]) for name, value in again.items())
    assert any(not torch.equal(value, again[name]) for name, value in once.items())
    assert base_folder(workspace, second) == tiny_model.resolve()


def test_an_adapter_that_names_itself_has_no_base(workspace: Workspace, tiny_model: Path, tmp_path: Path) -> None:
    made = adapter(tiny_model, tmp_path / "adapter")
    (made / "studio.json").write_text(json.dumps({"base": {"given": "it", "path": str(made)}}))
    with pytest.raises(InputError, match="base model of this adapter is not here"):
        servable(workspace, made)


def test_another_adapter_is_merged_anew(workspace: Workspace, tiny_model: Path, tmp_path: Path) -> None:
    made = adapter(tiny_model, tmp_path / "adapter")
    first = servable(workspace, made)
    config = json.loads((made / "adapter_config.json").read_text())
    (made / "adapter_config.json").write_text(json.dumps({**config, "lora_alpha": 32}))
    assert servable(workspace, made) != first
