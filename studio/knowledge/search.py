"""Searching a knowledge base: by meaning and by words, joined by reciprocal rank fusion."""

from __future__ import annotations

import threading
from dataclasses import dataclass, field
from pathlib import Path

from studio.core.errors import InputError
from studio.core.files import sha256_tree
from studio.core.modelcard import find_model_folder
from studio.core.records import Passage
from studio.core.scripts import han_share
from studio.core.text import Text
from studio.core.workspace import Workspace
from studio.knowledge.embedders.base import Embedder
from studio.knowledge.embedding import load_embedder
from studio.knowledge.fusion import fuse
from studio.knowledge.manifest import EmbedderEntry, Manifest
from studio.knowledge.passages import read_passages
from studio.knowledge.vectors import VectorIndex
from studio.knowledge.wordindex import WordIndex
from studio.knowledge.words import Words

_DEPTH = 50  # how far down each ranking the fusion looks at least


@dataclass(frozen=True)
class KnowledgeBase:
    """An open knowledge base. Any number of threads may search it; they take turns at the embedding model."""

    folder: Path
    manifest: Manifest
    passages: list[Passage]
    embedder: Embedder
    words: Words
    _vectors: VectorIndex
    _bm25: WordIndex
    _places: dict[str, int]
    _turn: threading.Lock = field(default_factory=threading.Lock)

    @classmethod
    def open(cls, workspace: Workspace, folder: Path) -> KnowledgeBase:
        """Open a knowledge base's folder (with `manifest.json`), its indexes and its embedding model.

        Raises:
            InputError: the folder is no knowledge base or torn, or its embedding model is missing, has changed since,
                or gives vectors of another length.
        """
        manifest = Manifest.load(folder)
        embedder = load_embedder(_find_embedder(workspace, manifest.embedder))
        try:
            passages = read_passages(folder / "passages.jsonl")
            vectors = VectorIndex.load(folder / "vectors.faiss")
            bm25 = WordIndex.load(folder / "bm25")
        except (OSError, ValueError, RuntimeError) as error:
            raise _torn(folder, str(error)) from error
        if not manifest.passages == len(passages) == len(vectors) == len(bm25):
            raise _torn(folder, f"passages: {manifest.passages}, {len(passages)}, {len(vectors)}, {len(bm25)}")
        if not manifest.embedder.dimension == embedder.dimension == vectors.dimension:
            raise _changed(
                manifest.embedder, f"{manifest.embedder.dimension}, {vectors.dimension}", str(embedder.dimension)
            )
        places = {passage.id: place for place, passage in enumerate(passages)}
        return cls(folder, manifest, passages, embedder, Words(), vectors, bm25, places)

    def search(self, query: str, top_k: int = 5) -> list[Passage]:
        """Return the best passages for a query, best first, with scores in [0, 1].

        A score of 1 is first by meaning and by words. Where the embedding model cannot read the query's script, the
        ranking by meaning counts as little as it understands.

        Raises:
            InputError: the query is empty, or top_k is below 1.
        """
        if not query.strip():
            raise InputError(Text("the query is empty", "检索内容为空"), None, "query")
        if top_k < 1:
            raise InputError(Text(f"given {top_k}, accepted: 1 or more", f"现为 {top_k}，应不小于 1"), None, "top_k")
        query = query.encode(errors="replace").decode()  # half a character is no text to a tokenizer
        depth = max(_DEPTH, 4 * top_k)
        words = self.words(query)
        understood = 1.0 if self.embedder.reads_han else 1.0 - han_share(query)
        by_meaning: list[int] = []
        if understood > 0:
            with self._turn:
                vector = self.embedder.embed_queries([query])
            by_meaning = self._vectors.rank(vector, depth)
        by_words = self._bm25.rank(words, depth)
        # the words' say counts even where the query has none, or what is merely nearest would be first in everything
        ranked = fuse([(understood, by_meaning), (1.0, by_words)])
        return [self.passages[place].model_copy(update={"score": score}) for place, score in ranked[:top_k]]

    def get(self, passage_id: str) -> Passage | None:
        """Return a passage by its id, or None."""
        place = self._places.get(passage_id)
        return None if place is None else self.passages[place]


def _find_embedder(workspace: Workspace, entry: EmbedderEntry) -> Path:
    """Return the folder of the very embedding model that a base was built with."""
    folder: Path | None = workspace.path(entry.path)
    if folder is None or not (folder / "config.json").is_file():
        folder = find_model_folder(workspace, entry.given)  # moved, or fetched anew on another machine
    if folder is None:
        raise InputError(
            Text(
                f"the knowledge base was built with the embedding model {entry.given}, which is not here ({entry.path})",
                f"知识库使用的向量模型 {entry.given} 不在这里（{entry.path}）",
            ),
            Text(
                f"Fetch it on Home (or `python -m studio models fetch {entry.given}`), or build the knowledge base again.",
                f"请在首页获取它（或运行 `python -m studio models fetch {entry.given}`），也可重新构建知识库。",
            ),
        )
    now = sha256_tree(folder)
    if now != entry.sha256:
        raise _changed(entry, f"sha256 {entry.sha256[:12]}", f"sha256 {now[:12]}")
    return folder


def _changed(entry: EmbedderEntry, then: str, now: str) -> InputError:
    return InputError(
        Text(
            f"the embedding model {entry.given} is not the one the knowledge base was built with (then {then}, now {now})",
            f"向量模型 {entry.given} 与构建知识库时的不同（当时 {then}，现在 {now}）",
        ),
        Text(
            f"Fetch the former one again on Home (or `python -m studio models fetch {entry.given}`), "
            "or build the knowledge base again.",
            f"请在首页重新获取原来的模型（或运行 `python -m studio models fetch {entry.given}`），也可重新构建知识库。",
        ),
    )


def _torn(folder: Path, reason: str) -> InputError:
    return InputError(
        Text(f"the knowledge base is damaged ({reason})", f"知识库已损坏（{reason}）"),
        Text(
            "Build it again on the Knowledge tab (or with a `kind: knowledge` recipe).",
            "请在“知识库”页重新构建（或使用 `kind: knowledge` 配方）。",
        ),
        str(folder),
    )
