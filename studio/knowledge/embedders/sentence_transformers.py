"""Folders of sentence-transformers (MiniLM, E5, GTE, ...): whatever pooling and prompts the folder asks for."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from studio.core.errors import InputError
from studio.core.text import Text
from studio.core.weights import device, require_safetensors
from studio.knowledge.chunkers.base import Span
from studio.knowledge.embedders.base import Embedder, Family, Vectors


@dataclass(frozen=True)
class SentenceEmbedder:
    """A SentenceTransformer with its device."""

    model: Any
    where: str
    dimension: int
    max_tokens: int
    batch_size: int
    reads_han: bool

    def offsets(self, text: str) -> list[Span]:
        from studio.knowledge.torch_embedding import token_offsets

        return token_offsets(self.model.tokenizer, text)

    def embed_passages(self, texts: Sequence[str]) -> Vectors:
        return self._embed(self.model.encode_document, texts)

    def embed_queries(self, texts: Sequence[str]) -> Vectors:
        return self._embed(self.model.encode_query, texts)

    def _embed(self, encode: Any, texts: Sequence[str]) -> Vectors:
        from studio.knowledge.torch_embedding import computing, normalised

        with computing(self.where):
            vectors = encode(list(texts), batch_size=self.batch_size, show_progress_bar=False, convert_to_numpy=True)
        return normalised(vectors)


def fits(folder: Path) -> int:
    return 1 if (folder / "modules.json").is_file() else 0


def load(folder: Path) -> Embedder:
    """Load a folder. Raises InputError for pickled weights and for modules that are code of the folder's own."""
    require_safetensors(folder)
    _require_known_modules(folder)
    from studio.knowledge import torch_embedding

    where = device(mps=True)
    with torch_embedding.quiet():
        from sentence_transformers import SentenceTransformer

        model = SentenceTransformer(
            str(folder),
            device=where,
            trust_remote_code=False,
            local_files_only=True,
            model_kwargs={"use_safetensors": True},
        )
    special = model.tokenizer.num_special_tokens_to_add()
    return SentenceEmbedder(
        model=model,
        where=where,
        dimension=int(model.get_embedding_dimension()),
        max_tokens=int(model.max_seq_length or 512) - special,
        batch_size=torch_embedding.batch_size(where),
        reads_han=torch_embedding.reads_han(model.tokenizer),
    )


def _require_known_modules(folder: Path) -> None:
    kinds = [str(module.get("type", "")) for module in json.loads((folder / "modules.json").read_text("utf-8"))]
    foreign = [kind for kind in kinds if not kind.startswith("sentence_transformers.")]
    if foreign:
        raise InputError(
            Text(
                f"the folder wants code of its own ({foreign[0]}), which is never run",
                f"该文件夹需要运行自带代码（{foreign[0]}），出于安全不会运行",
            ),
            Text(
                "Choose a model made of sentence-transformers' own modules.",
                "请选择只用 sentence-transformers 自带模块的模型。",
            ),
            str(folder),
        )


FAMILY = Family(fits, load)
