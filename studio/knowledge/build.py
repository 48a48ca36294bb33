"""Building a knowledge base: read, cut, embed, index; written whole or not at all."""

from __future__ import annotations

import shutil
import time
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

from studio.core.errors import InputError
from studio.core.files import building, sha256_file, shown
from studio.core.libraries import versions
from studio.core.named_input import NamedInput
from studio.core.records import Passage
from studio.core.reporter import Reporter
from studio.core.text import Text
from studio.core.workspace import Workspace
from studio.knowledge import notices
from studio.knowledge.chunkers import CHUNKERS
from studio.knowledge.document import Document
from studio.knowledge.embedders.base import Embedder, Vectors
from studio.knowledge.embedding import embed_all, load_embedder
from studio.knowledge.manifest import ChunkerEntry, EmbedderEntry, Manifest, SourceEntry
from studio.knowledge.passages import Cutting, fitting, readable, without_repeats, write_passages
from studio.knowledge.recipe import KnowledgeRecipe
from studio.knowledge.sources import Source, find_sources
from studio.knowledge.vectors import VectorIndex
from studio.knowledge.wordindex import WordIndex
from studio.knowledge.words import Words

_LIBRARIES = (
    "faiss-cpu",
    "faiss-gpu",
    "bm25s",
    "jieba",
    "sentence-transformers",
    "FlagEmbedding",
    "transformers",
    "torch",
)
_TELL_EVERY_S = 0.5


@dataclass(frozen=True)
class _Read:
    source: Source
    document: Document


def build(
    recipe: KnowledgeRecipe,
    sources: Sequence[Path],
    embedder: NamedInput,
    folder: Path,
    workspace: Workspace,
    report: Reporter,
) -> dict[str, float]:
    """Make a knowledge base.

    Args:
        recipe: says how the texts are cut.
        sources: the files and folders to read; where the recipe's sources lie.
        embedder: the embedding model's folder.
        folder: the knowledge base's, written whole or not at all.
        workspace: paths inside it are written relative to it, so that a copied workspace still finds its embedder.
        report: told how far it is, and asks to stop.

    Returns:
        `passages`, `sources`, `seconds` (the whole build) and `passages_per_s` (embedding alone).

    Raises:
        InputError: a source cannot be read or none holds text, the sizes do not fit together or the embedder, or the
            embedder's folder is no embedding model.
        Stopped: somebody asked; nothing is left behind.
    """
    began = time.monotonic()
    recipe.require_consistent()
    for leftover in folder.parent.glob(f".{folder.name}.*"):  # of a build that was killed
        shutil.rmtree(leftover, ignore_errors=True)
    read = _read(recipe, sources, report)

    report.stage("cutting", Text("Cutting passages", "切分段落"))
    model = load_embedder(embedder.path)
    cutting = Cutting(CHUNKERS.load(recipe.chunker.name), recipe.chunker.options, model.offsets)
    _require_size(recipe.embedder, model, cutting.longest)
    passages = _cut(read, cutting, report)
    notices.language(report, recipe.embedder, model, passages)

    report.stage("embedding", Text("Embedding passages", "计算向量"))
    embedding_began = time.monotonic()
    vectors = _embed(passages, model, cutting.longest, report)
    pace = len(passages) / max(time.monotonic() - embedding_began, 1e-9)

    report.stage("indexing", Text("Indexing", "建立索引"))
    with building(folder) as scratch:
        write_index(scratch, passages, vectors, Words(), report.check_stop)
        _manifest(recipe, workspace, embedder, model.dimension, read, passages).save(scratch)
        report.check_stop()
    seconds = time.monotonic() - began
    print(f"{len(passages)} passages from {len(read)} sources in {seconds:.1f} s", flush=True)
    return {
        "passages": float(len(passages)),
        "sources": float(len(read)),
        "seconds": round(seconds, 2),
        "passages_per_s": round(pace, 1),
    }


def write_index(
    folder: Path, passages: list[Passage], vectors: Vectors, words: Words, check: Callable[[], None] = lambda: None
) -> None:
    """Write the passages and both indexes into a folder; `check` may raise to end the work."""
    write_passages(folder / "passages.jsonl", passages)
    VectorIndex.build(vectors).save(folder / "vectors.faiss")
    texts = []
    for index, passage in enumerate(passages):
        if index % 1000 == 0:
            check()
        texts.append(words(readable(passage)))
    WordIndex.build(texts).save(folder / "bm25")


def _read(recipe: KnowledgeRecipe, sources: Sequence[Path], report: Reporter) -> list[_Read]:
    report.stage("reading", Text("Reading sources", "读取文本"))
    found = find_sources(sources)
    notices.passed_over(report, found)
    read = []
    for done, source in enumerate(found.sources, 1):
        report.check_stop()
        document = source.read()
        notices.rows(report, source.name, document)
        read.append(_Read(source, document))
        report.progress(done, len(found.sources), "files")
    notices.encodings(report, [(item.source.name, item.document) for item in read])
    if not any(section for item in read for section in item.document.sections):
        raise InputError(
            Text("the sources hold no text", "这些来源里没有文本"),
            Text("Give text, Markdown, JSON or JSONL files.", "请提供文本、Markdown、JSON 或 JSONL 文件。"),
            f"sources: {', '.join(recipe.sources)}",
        )
    return read


def _cut(read: list[_Read], cutting: Cutting, report: Reporter) -> list[Passage]:
    cut: list[Passage] = []
    for item in read:
        for passage in cutting.cut(item.document, item.source.name):
            if len(cut) % 1000 == 0:  # a file may hold a library
                report.check_stop()
            cut.append(passage)
    passages = without_repeats(cut)
    notices.repeats(report, len(cut) - len(passages))
    if not passages:
        raise InputError(Text("the sources hold no letters or digits", "这些来源里没有文字"), None, "sources")
    return passages


def _embed(passages: list[Passage], embedder: Embedder, size: int, report: Reporter) -> Vectors:
    texts = [fitting(item, lambda text: len(embedder.offsets(text)), size, embedder.max_tokens) for item in passages]
    began = told = time.monotonic()
    report.check_stop()
    report.progress(0, len(texts), "passages")

    def tell(done: int) -> None:
        nonlocal told
        now = time.monotonic()
        if done == len(texts) or now - told >= _TELL_EVERY_S:
            told = now
            report.progress(done, len(texts), "passages")
            report.metric(done, {"passages_per_s": round(done / max(now - began, 1e-9), 1)})
        report.check_stop()

    return embed_all(embedder, texts, tell)


def _manifest(
    recipe: KnowledgeRecipe,
    workspace: Workspace,
    embedder: NamedInput,
    dimension: int,
    read: list[_Read],
    passages: list[Passage],
) -> Manifest:
    counts = Counter(passage.source for passage in passages)
    return Manifest(
        name=recipe.name,
        created=time.strftime("%Y-%m-%dT%H:%M:%S%z"),
        embedder=EmbedderEntry(
            given=embedder.given,
            path=shown(workspace.relative(embedder.path.resolve())),
            sha256=embedder.sha256,
            dimension=dimension,
        ),
        chunker=ChunkerEntry(name=recipe.chunker.name, **recipe.chunker.options.model_dump(mode="json")),
        passages=len(passages),
        sources=[
            SourceEntry(
                name=item.source.name,
                path=shown(workspace.relative(item.source.path.resolve())),
                sha256=sha256_file(item.source.path),
                characters=len(item.document.text),
                passages=counts[item.source.name],
            )
            for item in read
        ],
        versions=versions(_LIBRARIES),
    )


def _require_size(given: str, embedder: Embedder, longest: int) -> None:
    if longest > embedder.max_tokens:
        raise InputError(
            Text(
                f"passages have up to {longest} tokens, but {given} reads {embedder.max_tokens} at most: "
                "the rest of each passage would never be found",
                f"段落最长 {longest} 个 token，但 {given} 最多读 {embedder.max_tokens} 个，超出的部分将检索不到",
            ),
            Text(
                f"Let passages have {embedder.max_tokens} tokens or less, or choose another embedder.",
                f"请让段落不超过 {embedder.max_tokens} 个 token，或换一个向量模型。",
            ),
            "chunker",
        )
