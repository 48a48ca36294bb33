"""`kind: knowledge`: texts become passages that can be searched and cited."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from studio.core.errors import Fault
from studio.core.sort import Sort
from studio.core.text import Text
from studio.core.workspace import Workspace
from studio.knowledge.preview import preview, require_readable, suffixes
from studio.knowledge.recipe import KnowledgeRecipe
from studio.runs.job import Job, Outcome
from studio.runs.kind import Introduction, Kind, Measures, Product, Tile, Uploads
from studio.runs.names import embedder_names
from studio.runs.references import Resolved

KNOWLEDGE = Sort("knowledge", Text("knowledge base", "知识库"), ("manifest.json",))


def run(recipe: KnowledgeRecipe, job: Job) -> Outcome:
    """Cut, embed and index; writes `knowledge/` whole or not at all."""
    from studio.knowledge.build import build

    sources = [job.locate(f"sources.{index}") for index in range(len(recipe.sources))]
    metrics = build(recipe, sources, job.named("embedder"), job.path / "knowledge", job.workspace, job)
    return Outcome({"knowledge": "knowledge"}, metrics)


def check(recipe: KnowledgeRecipe, resolved: Resolved) -> list[Fault]:
    """Return faults for sources that hold no text, and for a model that embeds nothing."""
    from studio.knowledge.embedding import family_of

    fields = [f"sources.{number}" for number in range(len(recipe.sources))]
    sources = [fault for field in fields for fault in resolved.check(field, require_readable)]
    return [*sources, *resolved.check("embedder", family_of)]


def _offered(workspace: Workspace) -> Mapping[str, Any]:
    here = embedder_names(workspace)[:1]
    return {"name": "my-knowledge", **({"embedder": here[0]} if here else {})}


def _preview(path: Path, source: str | None) -> Text:
    return preview(path)


KIND = Kind(
    KnowledgeRecipe,
    run,
    Text("Knowledge base", "知识库"),
    check=check,
    makes=(Product(KNOWLEDGE, "knowledge"),),
    measures=Measures(
        metrics={
            "passages": Text("passages", "段落数"),
            "passages_per_s": Text("passages/s", "段/秒"),
            "seconds": Text("seconds", "秒数"),
        },
        units={"files": Text("files", "个文件"), "passages": Text("passages", "段")},
        along=Text("passages", "段"),
    ),
    introduction=Introduction(
        tab="knowledge",
        order=40,
        title=Text("Knowledge", "知识库"),
        summary=Text("texts become passages to search and cite", "把文本切分成可检索、可引用的段落"),
        intro=Text(
            "Upload textbooks and guidelines. They become a knowledge base that is searched by meaning and by words; "
            "answers come with the passages that were retrieved.",
            "上传教材和指南，建成可按语义和关键词检索的知识库；回答会附上检索到的段落。",
        ),
        offered=_offered,
        uploads=Uploads("sources", suffixes, _preview),
        tile=Tile(20, Text("Knowledge bases", "知识库"), Text("Create from texts", "用文本新建")),
    ),
)
