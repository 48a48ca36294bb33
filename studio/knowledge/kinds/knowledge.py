"""`kind: knowledge`: texts become passages that can be searched and cited."""

from __future__ import annotations

from collections.abc import Hashable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from studio.core.errors import Fault
from studio.core.sort import Sort
from studio.core.text import Text
from studio.core.workspace import Workspace
from studio.knowledge.language import HEAD_BYTES, embeds_han, files_language, head
from studio.knowledge.manifest import Manifest
from studio.knowledge.preview import preview, require_readable, suffixes
from studio.knowledge.recipe import KnowledgeRecipe
from studio.knowledge.sources import find_sources
from studio.runs.directory import Run
from studio.runs.forecast import Amount, Forecast, Pace
from studio.runs.job import Job, Outcome
from studio.runs.kind import Introduction, Kind, Measures, Product, Tile, Uploads
from studio.runs.names import embedder_names
from studio.runs.references import Resolved

_LOOKED_INTO = 200  # files; where there are more, a character counts as a byte
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


def forecast(recipe: KnowledgeRecipe, resolved: Resolved) -> Forecast:
    """Foresee files and characters; how many passages they give, the embedding model's tokenizer alone tells."""
    places = [resolved.ready(f"sources.{number}") for number in range(len(recipe.sources))]
    files = [source.path for source in find_sources([place for place in places if place is not None]).sources]
    if not files:
        return Forecast()
    characters = _characters(files)
    rounded = float(f"{characters:.2g}")
    amounts = (
        Amount(len(files), Text("files", "个文件")),
        Amount(rounded, Text("characters, roughly", "字左右")),
    )
    return Forecast(amounts, tuple(_unread(recipe, resolved, files)), float(characters))


def _characters(files: Sequence[Path]) -> int:
    """Return about how many characters some files hold: their bytes, by how many of them a character has where each begins."""
    total = 0.0
    for file in files:
        begins = head(file) if len(files) <= _LOOKED_INTO else ""
        size = file.stat().st_size
        total += size * len(begins) / max(1, min(size, HEAD_BYTES)) if begins else size
    return round(total)


def _unread(recipe: KnowledgeRecipe, resolved: Resolved, files: Sequence[Path]) -> Iterator[Text]:
    """Yield a warning where the texts are in a language that the embedding model does not read."""
    embedder = resolved.ready("embedder")
    if embedder is not None and not embeds_han(embedder) and files_language(files) == "zh":
        yield Text(
            f"The texts are in Chinese, which {recipe.embedder} does not read: passages will be found by their words alone. "
            "Fetch BAAI/bge-small-zh-v1.5 to find them by meaning as well.",
            f"文本是中文，而 {recipe.embedder} 不懂中文：这些段落只能按关键词检索。如需按语义检索，请获取 BAAI/bge-small-zh-v1.5。",
        )


def _alike(recipe: KnowledgeRecipe, resolved: Resolved) -> Hashable:
    embedder = resolved.references.get("embedder")
    where = embedder.locate(resolved.workspace).resolve() if embedder is not None else None
    return where, recipe.chunker.name, recipe.chunker.options


def _worth(recipe: KnowledgeRecipe, run: Run) -> float:
    """Return the characters that a passage of a finished run came from."""
    manifest = Manifest.load(run.path / "knowledge")
    return sum(source.characters for source in manifest.sources) / max(1, manifest.passages)


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
    forecast=forecast,
    pace=Pace("passages", _alike, _worth),
    makes=(Product(KNOWLEDGE, "knowledge"),),
    measures=Measures(
        metrics={
            "passages": Text("passages", "段落数"),
            "passages_per_s": Text("passages/s", "段/秒"),
            "sources": Text("files", "文件数"),
            "seconds": Text("time", "用时"),
        },
        units={"files": Text("files", "个文件"), "passages": Text("passages", "段")},
        along=Text("passages", "段"),
        effort=("seconds", "passages_per_s"),
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
