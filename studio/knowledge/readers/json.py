"""JSON and JSONL: every row is a section."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from studio.core.files import read_text, shown
from studio.knowledge.document import Document
from studio.knowledge.json_rows import read_rows
from studio.knowledge.readers.base import Reader


def read(path: Path) -> Document:
    """Return the rows' texts. Raises InputError where the file is neither JSON nor JSONL."""
    text, encoding = read_text(path)
    return replace(read_rows(text, shown(path)), encoding=encoding)


READER = Reader(
    suffixes=(".json", ".jsonl", ".ndjson"),
    read=read,
    example='{"title": "Heparin", "content": "Protamine reverses it."}\n{"question": "Why?", "answer": "It binds."}\n',
    gives=(("Heparin", "Protamine reverses it."), ("Why?", "Why?\nIt binds.")),
)
