"""`kind: knowledge`: texts become passages that can be searched and cited."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal

from studio.core.errors import Fault, InputError
from studio.core.option import option
from studio.core.recipe import Recipe
from studio.core.settings import Workspace
from studio.core.text import Text
from studio.kinds._kind import Kind, check_references
from studio.knowledge.passages import CHUNKERS
from studio.runs import references
from studio.runs.job import Job, Outcome

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


def run(recipe: KnowledgeRecipe, job: Job) -> Outcome:
    """Cut, embed and index; writes `knowledge/` whole or not at all."""
    from studio.knowledge.build import build

    return build(recipe, job)


def check(recipe: KnowledgeRecipe, workspace: Workspace) -> list[Fault]:
    """Return the names that mean nothing, passages that would never move on, and a model that embeds nothing."""
    from studio.knowledge.embedding import family_of

    faults = check_references(recipe, workspace)
    if recipe.overlap_tokens >= recipe.chunk_tokens:
        given, most = recipe.overlap_tokens, recipe.chunk_tokens
        message = Text(
            f"given {given}, accepted: less than chunk_tokens ({most})",
            f"现为 {given}，应小于 chunk_tokens（{most}）",
        )
        faults.append(Fault("overlap_tokens", message))
    if "embedder" not in {fault.where for fault in faults}:
        try:
            family_of(references.resolve(workspace, "embedder", recipe.embedder).locate(workspace))
        except InputError as error:
            faults.append(Fault("embedder", error.message))
    return faults


KIND = Kind(KnowledgeRecipe, run, Text("Knowledge base", "知识库"), check=check)
