"""What a chunker is."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any

from studio.core.choice import Options
from studio.core.text import Text
from studio.knowledge.document import Document, Section

Span = tuple[int, int]
Tokenize = Callable[[str], list[Span]]
"""Gives each token's (start, end) in a text, by the embedding model's own tokenizer."""


@dataclass(frozen=True)
class Chunker:
    """A way of cutting a document into passages.

    Args:
        title: what the form calls it.
        help: how it cuts, in a sentence.
        cut: `cut(document, tokenize, options)` gives the passages in reading order, each a title and a stretch of the
            document's text; it sees the whole document, with its sections under their headings and its pages.
            Stretches without a letter or a digit are left out, and blanks at their ends, by whoever calls it.
        longest: the most tokens that a passage has under some options; the embedding model must read as many.
        options: the schema of its own options.
    """

    title: Text
    help: Text
    cut: Callable[[Document, Tokenize, Any], Iterable[Section]]
    longest: Callable[[Any], int]
    options: type[Options] = Options
