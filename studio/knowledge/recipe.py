"""What a knowledge base is made from, and how."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, ClassVar, Literal

from studio.core.choice import Choice, Chosen
from studio.core.option import option
from studio.core.recipe import Recipe
from studio.core.text import Text
from studio.knowledge.chunkers import CHUNKERS


class KnowledgeRecipe(Recipe):
    """Texts to a knowledge base."""

    renamed: ClassVar[Mapping[str, str]] = {
        "chunk_tokens": "chunker.chunk_tokens",
        "overlap_tokens": "chunker.overlap_tokens",
    }

    kind: Literal["knowledge"] = "knowledge"
    sources: list[str] = option(
        ...,
        label=Text("Texts", "文本"),
        help=Text(
            "Files or folders of text, Markdown, JSON or JSONL; one a line.",
            "文本、Markdown、JSON、JSONL 文件或文件夹，每行填一个。",
        ),
        refers="file",
        min_length=1,
    )
    embedder: str = option(
        "all-minilm-l6-v2",
        label=Text("Embedding model", "向量模型"),
        help=Text(
            "all-minilm-l6-v2 (English) comes along; for Chinese fetch BAAI/bge-small-zh-v1.5.",
            "自带 all-minilm-l6-v2（英文）；中文请获取 BAAI/bge-small-zh-v1.5。",
        ),
        refers="embedder",
    )
    chunker: Annotated[Chosen, Choice(CHUNKERS)] = option(
        "token", label=Text("Chunker", "切分方式"), help=Text("How texts are cut.", "文本的切分方式。")
    )
