"""Hubs that stand in for the real ones, with a model of random bytes, and users without tokens."""

from __future__ import annotations

import json
import os
from collections.abc import Iterator
from pathlib import Path

import pytest

from studio.hubs import transfer
from tests.hubs.huggingface import HuggingFace
from tests.hubs.modelscope import ModelScope
from tests.hubs.server import serving

WEIGHTS = os.urandom(300_000)
FILES = {
    "config.json": json.dumps({"model_type": "qwen2"}).encode(),
    "model.safetensors": WEIGHTS,
    "README.md": b"---\nlicense: apache-2.0\n---\n",
    "onnx/model.onnx": b"not wanted",
    "../outside.json": b"{}",
    ".hidden.json": b"{}",
}


@pytest.fixture(autouse=True)
def nobody(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """No tokens, no hub that could be reached, no long pauses."""
    for name in ("HF_TOKEN", "MODELSCOPE_API_TOKEN", "HF_TOKEN_PATH", "MODELSCOPE_DOMAIN"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("HF_HOME", str(tmp_path / "hf"))
    monkeypatch.setenv("STUDIO_CONFIG", str(tmp_path / "config"))
    monkeypatch.setenv("HF_ENDPOINT", "http://127.0.0.1:9")
    monkeypatch.setenv("MODELSCOPE_ENDPOINT", "http://127.0.0.1:9")
    monkeypatch.setattr(transfer, "_PAUSE_S", 0.01)


@pytest.fixture
def huggingface(monkeypatch: pytest.MonkeyPatch) -> Iterator[HuggingFace]:
    with serving(HuggingFace(dict(FILES), tokens=("hf_good_token",), agreed=("hf_agreed_token",))) as standing:
        monkeypatch.setenv("HF_ENDPOINT", standing.url)
        yield standing


@pytest.fixture
def modelscope(monkeypatch: pytest.MonkeyPatch) -> Iterator[ModelScope]:
    with serving(ModelScope(dict(FILES), tokens=("ms_good_token",))) as standing:
        monkeypatch.setenv("MODELSCOPE_ENDPOINT", standing.url)
        yield standing
