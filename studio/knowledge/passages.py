"""Cutting documents into passages, and keeping them in a file."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

from studio.core.choice import Options
from studio.core.records import Passage
from studio.knowledge.chunkers.base import Chunker, Tokenize
from studio.knowledge.document import Document


@dataclass(frozen=True)
class Cutting:
    """How texts are cut: a chunker with its options, and the embedder's tokens."""

    chunker: Chunker
    options: Options
    tokenize: Tokenize

    @property
    def longest(self) -> int:
        """The most tokens that a passage has."""
        return self.chunker.longest(self.options)

    def cut(self, document: Document, source: str) -> Iterator[Passage]:
        """Yield a document's passages in order; each is an exact slice of its text, blanks at the ends left off.

        A stretch without a letter or a digit (a ruled line) gives none.
        """
        for chunk in self.chunker.cut(document, self.tokenize, self.options):
            piece = document.text[chunk.start : chunk.end]
            content = piece.strip()
            if any(char.isalnum() for char in content):
                start = chunk.start + len(piece) - len(piece.lstrip())
                yield Passage(
                    id=passage_id(source, chunk.title, content),
                    content=content,
                    title=chunk.title,
                    source=source,
                    start=start,
                )


def passage_id(source: str, title: str, content: str) -> str:
    """Return an id that stays the same however often and wherever the same text is cut again."""
    return hashlib.sha256(f"{source}\0{title}\0{content}".encode()).hexdigest()[:16]


def without_repeats(passages: Iterable[Passage]) -> list[Passage]:
    """Return the passages less those that say the same under the same title of the same source again."""
    kept: dict[str, Passage] = {}
    for passage in passages:
        kept.setdefault(passage.id, passage)
    return list(kept.values())


def readable(passage: Passage) -> str:
    """Return what is searched by: the title, unless the passage begins with it, and the content."""
    if not passage.title or passage.content.startswith(passage.title.rstrip("…")):
        return passage.content
    return f"{passage.title}\n{passage.content}"


def fitting(passage: Passage, count: Callable[[str], int], size: int, longest: int) -> str:
    """Return what is embedded: with the title where both fit into what the model reads, else the content alone.

    Args:
        count: a text's tokens.
        size: tokens of the content at most.
        longest: tokens that the model reads.
    """
    whole = readable(passage)
    if len(whole) == len(passage.content) or size + count(passage.title) <= longest or count(whole) <= longest:
        return whole
    return passage.content


def write_passages(path: Path, passages: Iterable[Passage]) -> None:
    """Write passages, one JSON object a line, without scores."""
    with path.open("w", encoding="utf-8") as stream:
        for passage in passages:
            stream.write(passage.model_dump_json(exclude={"score"}) + "\n")


def read_passages(path: Path) -> list[Passage]:
    """Read passages back, in order."""
    with path.open("rb") as stream:
        return [Passage.model_validate_json(line) for line in stream]
