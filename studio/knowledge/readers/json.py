"""JSON and JSONL: every row is a section."""

from __future__ import annotations

from pathlib import Path

from studio.core.files import read_text, shown
from studio.knowledge.document import Document, Reader
from studio.knowledge.readers._rows import read_rows


def read(path: Path) -> Document:
    """Return the rows' texts. Raises InputError where the file is neither JSON nor JSONL."""
    return read_rows(read_text(path)[0], shown(path))


READER = Reader(
    suffixes=(".json", ".jsonl", ".ndjson"),
    read=read,
    example='{"title": "Heparin", "content": "Protamine reverses it."}\n{"question": "Why?", "answer": "It binds."}\n',
    gives=(("Heparin", "Protamine reverses it."), ("Why?", "Why?\nIt binds.")),
)
