"""What a knowledge base is made from, and how."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal

from studio.core.errors import Fault
from studio.core.option import option
from studio.core.recipe import Recipe
from studio.core.text import Text
from studio.knowledge.passages import CHUNKERS

if TYPE_CHECKING:
    Chunker = str
else:
    Chunker = Literal[tuple(CHUNKERS.names())]  # one file a chunker: the choices are the files that are there


class KnowledgeRecipe(Recipe):
    """Texts to a knowledge base."""

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
    chunker: Chunker = option(
        "token",
        label=Text("Chunker", "切分方式"),
        help=Text(
            "How texts are cut; token cuts windows of the embedding model's tokens.",
            "文本的切分方式；token 表示按向量模型的 token 窗口切分。",
        ),
        advanced=True,
    )
    chunk_tokens: int = option(
        128,
        label=Text("Passage length", "段落长度"),
        help=Text("Longest passage, in the embedding model's tokens.", "每个段落最多多少个 token（按向量模型计）。"),
        ge=16,
        le=2048,
    )
    overlap_tokens: int = option(
        64,
        label=Text("Overlap", "重叠长度"),
        help=Text(
            "Tokens that neighbouring passages share; less than the passage length.",
            "相邻段落重叠的 token 数，须小于段落长度。",
        ),
        ge=0,
        le=1024,
    )

    def conflicts(self) -> list[Fault]:
        """Return passages that would never move on."""
        if self.overlap_tokens < self.chunk_tokens:
            return []
        message = Text(
            f"given {self.overlap_tokens}, accepted: less than chunk_tokens ({self.chunk_tokens})",
            f"现为 {self.overlap_tokens}，应小于 chunk_tokens（{self.chunk_tokens}）",
        )
        return [Fault("overlap_tokens", message)]
