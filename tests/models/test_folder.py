from __future__ import annotations

import json
import shutil
from pathlib import Path

import pytest

from studio.core.errors import InputError
from studio.core.workspace import Workspace
from studio.models.folder import base_of, check_folder
from studio.models.load import load_causal, load_tokenizer
from studio.runs.names import embedder_names, model_names


def test_a_whole_folder_passes(tiny_model: Path) -> None:
    check_folder(tiny_model)


@pytest.mark.parametrize(
    ("remove", "add", "word"),
    [
        ("config.json", "", "config.json is missing"),
        ("model.safetensors", "", "no weights"),
        ("model.safetensors", "pytorch_model.bin", "can run code"),
    ],
)
def test_what_a_folder_lacks_is_named(tiny_model: Path, tmp_path: Path, remove: str, add: str, word: str) -> None:
    folder = tmp_path / "model"
    shutil.copytree(tiny_model, folder)
    (folder / remove).unlink()
    if add:
        (folder / add).write_bytes(b"x")
    with pytest.raises(InputError) as caught:
        load_causal(folder)
    assert word in caught.value.to("en")


def test_weights_that_are_git_lfs_pointers(tiny_model: Path, tmp_path: Path) -> None:
    folder = tmp_path / "model"
    shutil.copytree(tiny_model, folder)
    (folder / "model.safetensors").write_text("version https://git-lfs.github.com/spec/v1\noid sha256:0\nsize 9\n")
    with pytest.raises(InputError, match="Git LFS"):
        check_folder(folder)


def test_weights_that_are_cut_short(tiny_model: Path, tmp_path: Path) -> None:
    folder = tmp_path / "model"
    shutil.copytree(tiny_model, folder)
    weights = folder / "model.safetensors"
    weights.write_bytes(weights.read_bytes()[:5000])
    with pytest.raises(InputError, match="cut short: 5,000 of"):
        load_causal(folder)


def test_a_tokenizer_without_a_chat_template(tiny_model: Path, tmp_path: Path) -> None:
    folder = tmp_path / "model"
    shutil.copytree(tiny_model, folder)
    (folder / "chat_template.jinja").unlink()
    with pytest.raises(InputError, match="no chat template"):
        load_tokenizer(folder)


def test_an_adapter_whose_base_is_gone(workspace: Workspace, tmp_path: Path) -> None:
    (tmp_path / "adapter_config.json").write_text(json.dumps({"base_model_name_or_path": "Qwen/Gone"}))
    with pytest.raises(InputError, match="Qwen/Gone"):
        base_of(workspace, tmp_path)


def test_names_tell_chat_models_from_embedders(workspace: Workspace, tiny_model: Path) -> None:
    for name in ("chat", "embed"):
        shutil.copytree(tiny_model, workspace.models / name)
    (workspace.models / "embed" / "modules.json").write_text("[]")
    assert (model_names(workspace), embedder_names(workspace)) == (["chat"], ["embed"])
