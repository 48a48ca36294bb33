"""Which language texts are in, and whether an embedding model reads it, told without loading one."""

from __future__ import annotations

import codecs
import json
from collections.abc import Iterable
from pathlib import Path

from studio.core.files import read_json
from studio.core.sample import sampled_lines
from studio.core.scripts import language_of
from studio.core.text import Language
from studio.core.vocabulary import reads_han

HEAD_BYTES = 16_384
_FILES = 24
_MANY_LANGUAGES = 100_000
"""Tokens: no vocabulary of one or two languages is as large."""


def passages_language(folder: Path) -> Language | None:
    """Return the language of nearly all of a knowledge base's passages, by a sample; None where they are mixed."""
    texts = []
    for line in sampled_lines(folder / "passages.jsonl"):
        try:
            passage = json.loads(line)
        except ValueError:
            continue
        if isinstance(passage, dict):
            texts.append(str(passage.get("content", "")))
    return language_of(texts)


def files_language(files: Iterable[Path]) -> Language | None:
    """Return the language of nearly all of some text files, by how they begin; None where they are mixed."""
    return language_of(head(file) for file, _ in zip(files, range(_FILES), strict=False))


def head(file: Path) -> str:
    """Return how a text file begins, as UTF-8 or GB18030; empty where it is neither, or cannot be read."""
    try:
        with file.open("rb") as stream:
            data = stream.read(HEAD_BYTES)
    except OSError:
        return ""
    for encoding in ("utf-8", "gb18030"):
        try:
            return codecs.getincrementaldecoder(encoding)().decode(data)  # the last character may be cut
        except UnicodeDecodeError:
            continue
    return ""


def embeds_han(folder: Path) -> bool:
    """Tell whether an embedding model reads Chinese; taken for granted where its vocabulary cannot be read."""
    return reads_han(folder) is not False


def embeds_across(folder: Path) -> bool:
    """Tell whether an embedding model was made for many languages, so that a question finds passages in another one."""
    size = (read_json(folder / "config.json") or {}).get("vocab_size")
    return isinstance(size, int) and size >= _MANY_LANGUAGES
