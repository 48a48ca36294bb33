"""Choosing the embedding model's family by its folder, and embedding many texts."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path

import numpy as np

from studio.core.errors import InputError
from studio.core.registry import Registry
from studio.core.text import Text
from studio.knowledge.embedders.base import Embedder, Family, Vectors

FAMILIES: Registry[Family] = Registry(
    "studio.knowledge.embedders", "FAMILY", Text("embedding model", "向量模型"), Family
)


def load_embedder(folder: Path) -> Embedder:
    """Load an embedding model's folder with the family that knows it best.

    Raises:
        InputError: no family knows it (a chat model, for one), or its weights are pickled or missing.
    """
    return family_of(folder).load(folder)


def family_of(folder: Path) -> Family:
    """Return the family that knows an embedding model's folder best; opens no weights.

    Raises:
        InputError: no family knows it.
    """
    if not (folder / "config.json").is_file():
        raise InputError(
            Text("this is no model folder: it has no config.json", "这不是模型文件夹：缺少 config.json"),
            None,
            str(folder),
        )
    surest = max(FAMILIES.all().values(), key=lambda family: family.fits(folder))
    if not surest.fits(folder):
        raise InputError(
            Text(
                "this is no embedding model; accepted: a sentence-transformers folder (with modules.json) or a BGE model",
                "这不是向量模型；可用：sentence-transformers 文件夹（含 modules.json）或 BGE 模型",
            ),
            Text("all-minilm-l6-v2 comes along.", "自带 all-minilm-l6-v2。"),
            str(folder),
        )
    return surest


def embed_all(embedder: Embedder, texts: Sequence[str], on_block: Callable[[int], None] = lambda done: None) -> Vectors:
    """Return one normalised vector a text, float32, shape (texts, dimension).

    Texts go through sorted by length, the longest first, so that hardly any padding is computed and memory is
    wanted most at the beginning.

    Args:
        on_block: called with the number of texts done after each few batches; may raise to end the work.
    """
    vectors = np.empty((len(texts), embedder.dimension), dtype=np.float32)
    order = sorted(range(len(texts)), key=lambda index: (-len(texts[index]), index))
    block = 4 * embedder.batch_size
    for begin in range(0, len(order), block):
        chosen = order[begin : begin + block]
        vectors[chosen] = embedder.embed_passages([texts[index] for index in chosen])
        on_block(begin + len(chosen))
    return vectors
