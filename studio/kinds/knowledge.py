"""`kind: knowledge`: texts become passages that can be searched and cited."""

from __future__ import annotations

from typing import Literal

from studio.core.option import option
from studio.core.recipe import Recipe
from studio.core.text import Text
from studio.kinds._kind import Kind
from studio.runs.job import Job, Outcome


class KnowledgeRecipe(Recipe):
    """Texts to a knowledge base."""

    kind: Literal["knowledge"] = "knowledge"
    sources: list[str] = option(
        ...,
        label=Text("Texts", "文本"),
        help=Text(
            "Files or folders of text, Markdown, JSON or JSONL; one a line.",
            "文本、Markdown、JSON 或 JSONL 的文件或文件夹，每行一个。",
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
    chunker: str = option(
        "token",
        label=Text("Chunker", "切分方式"),
        help=Text(
            "How texts are cut; token cuts windows of the embedder's tokens.",
            "文本如何切分；token 按向量模型的 token 窗口切分。",
        ),
        advanced=True,
    )
    chunk_tokens: int = option(
        128,
        label=Text("Chunk tokens", "块长度"),
        help=Text("Longest passage, in the embedder's tokens.", "每个段落最多多少个 token。"),
        ge=16,
        le=2048,
    )
    overlap_tokens: int = option(
        64,
        label=Text("Overlap tokens", "重叠长度"),
        help=Text(
            "Tokens that neighbouring passages share; less than the chunk.", "相邻段落共有的 token 数，须小于块长度。"
        ),
        ge=0,
        le=1024,
    )


def run(recipe: KnowledgeRecipe, job: Job) -> Outcome:
    """Cut, embed and index; writes `knowledge/` whole or not at all."""
    from studio.knowledge.build import build

    return build(recipe, job)


KIND = Kind(KnowledgeRecipe, run, Text("Knowledge base", "知识库"))
