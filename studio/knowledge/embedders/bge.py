"""BGE through FlagEmbedding: the encoder models (`bge-*-zh`, `bge-*-en`) and the dense vectors of `bge-m3`.

FlagEmbedding loads the model and pools; the loop over batches is ours, for its `encode` runs the first batch twice
to probe the batch size and swallows every RuntimeError while it does. M3's dense vector is its normalised first
token, which FlagModel gives without opening the pickled heads for sparse and ColBERT vectors.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from studio.core.files import read_json
from studio.core.weights import device, require_safetensors
from studio.knowledge.chunkers.base import Span
from studio.knowledge.embedders.base import Embedder, Family, Vectors

_CHINESE = "为这个句子生成表示以用于检索相关文章："
_ENGLISH = "Represent this sentence for searching relevant passages: "
_NAME = re.compile(r"(?:^|[/_\-\s])bge-(?!reranker)", re.IGNORECASE)
_ENCODERS = ("bert", "xlm-roberta")
_LONGEST = 8192


@dataclass(frozen=True)
class BgeEmbedder:
    """A FlagModel with its device and the instruction that goes before a query."""

    flag: Any
    where: str
    instruction: str
    dimension: int
    max_tokens: int
    batch_size: int
    reads_han: bool

    def offsets(self, text: str) -> list[Span]:
        from studio.knowledge.torch_embedding import token_offsets

        return token_offsets(self.flag.tokenizer, text)

    def embed_passages(self, texts: Sequence[str]) -> Vectors:
        from studio.knowledge.torch_embedding import computing, normalised

        parts = []
        tokenizer, limit = self.flag.tokenizer, self.max_tokens + self.flag.tokenizer.num_special_tokens_to_add()
        with computing(self.where):
            for begin in range(0, len(texts), self.batch_size):
                batch = list(texts[begin : begin + self.batch_size])
                inputs = tokenizer(batch, padding=True, truncation=True, max_length=limit, return_tensors="pt")
                inputs = inputs.to(self.where)
                hidden = self.flag.model(**inputs, return_dict=True).last_hidden_state
                parts.append(self.flag.pooling(hidden, inputs["attention_mask"]).float().cpu().numpy())
        return normalised(np.concatenate(parts) if parts else np.zeros((0, self.dimension)))

    def embed_queries(self, texts: Sequence[str]) -> Vectors:
        return self.embed_passages([self.instruction + text for text in texts])


def fits(folder: Path) -> int:
    """Tell a BGE encoder by its folder's name, the hub id it was fetched by, or the name its config keeps."""
    config = read_json(folder / "config.json") or {}
    return 2 if config.get("model_type") in _ENCODERS and _NAME.search(_names(folder)) else 0


def load(folder: Path) -> Embedder:
    """Load a folder. Raises InputError for pickled weights."""
    require_safetensors(folder)
    from studio.knowledge import torch_embedding

    where = device(mps=True)
    with torch_embedding.quiet():
        from FlagEmbedding import FlagModel

        flag = FlagModel(
            str(folder),
            normalize_embeddings=True,
            use_fp16=False,
            devices=[where],
            batch_size=torch_embedding.batch_size(where),
            pooling_method="cls",
            trust_remote_code=False,
        )
    flag.model.to(where).eval()
    config = flag.model.config
    # XLM-R counts positions from behind its padding token: 8194 places hold 8192 tokens
    places = int(config.max_position_embeddings) - (2 if config.model_type == "xlm-roberta" else 0)
    limit = min(places, int(flag.tokenizer.model_max_length), _LONGEST)
    return BgeEmbedder(
        flag=flag,
        where=where,
        instruction=_instruction(folder),
        dimension=int(config.hidden_size),
        max_tokens=limit - flag.tokenizer.num_special_tokens_to_add(),
        batch_size=torch_embedding.batch_size(where),
        reads_han=torch_embedding.reads_han(flag.tokenizer),
    )


def _names(folder: Path) -> str:
    config = read_json(folder / "config.json") or {}
    card = read_json(folder / "studio.json") or {}
    return f"{folder.name} {card.get('id', '')} {config.get('_name_or_path', '')}".replace("BAAI_", "BAAI/")


def _instruction(folder: Path) -> str:
    """Return what a query wants before it: the v1 models one in their language, M3 none."""
    names = _names(folder).lower()
    if "bge-m3" in names:
        return ""
    if "-zh" in names or "-en" in names:
        return _CHINESE if "-zh" in names else _ENGLISH
    vocabulary = (read_json(folder / "config.json") or {}).get("vocab_size")
    return {21128: _CHINESE, 30522: _ENGLISH}.get(vocabulary if isinstance(vocabulary, int) else 0, "")


FAMILY = Family(fits, load)
