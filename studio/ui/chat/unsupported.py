"""What is said of an answer for which the chosen knowledge base gave no passage."""

from __future__ import annotations

from pathlib import Path

from studio.core.files import read_json
from studio.core.scripts import han_share
from studio.core.text import Text
from studio.core.workspace import Workspace
from studio.runs.store import RunStore

_NOTHING_FOUND = Text(
    "No passage was found in the knowledge base; this answer has no source.",
    "知识库里没有找到相关段落，这个回答没有依据。",
)
_ENGLISH_ONLY = Text(
    "Its embedding model reads English only. Ask in English, or rebuild it with bge-small-zh.",
    "这个知识库的向量模型只支持英文，请改用英文提问，或用 bge-small-zh 重建。",
)


def unsupported(workspace: Workspace, knowledge: str, question: str) -> Text:
    """Return what the reader should know, the remedy on a line of its own where the base cannot read the question."""
    if han_share(question) < 0.5 or _reads(workspace, knowledge, question):
        return _NOTHING_FOUND
    return Text(f"{_NOTHING_FOUND.en}\n{_ENGLISH_ONLY.en}", f"{_NOTHING_FOUND.zh}\n{_ENGLISH_ONLY.zh}")


def _reads(workspace: Workspace, knowledge: str, question: str) -> bool:
    """Tell from the embedding model's list of words, where it has one, whether it knows the question's characters."""
    words = _words(workspace, knowledge)
    characters = [character for character in question if han_share(character)]
    return words is None or sum(character not in words for character in characters) <= 0.1 * len(characters)


def _words(workspace: Workspace, knowledge: str) -> frozenset[str] | None:
    run = RunStore(workspace).newest_finished(knowledge, "knowledge")
    folder = run.output("knowledge") if run else None
    embedder = (read_json(folder / "manifest.json") or {}).get("embedder") if folder else None
    if not isinstance(embedder, dict):
        return None
    listed: Path = workspace.path(str(embedder.get("path", ""))) / "vocab.txt"
    return frozenset(listed.read_text(encoding="utf-8").split("\n")) if listed.is_file() else None
