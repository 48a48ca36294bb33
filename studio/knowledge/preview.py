"""What an uploaded text holds, before any run reads it."""

from __future__ import annotations

from pathlib import Path

from studio.core.errors import InputError
from studio.core.files import is_looked_through
from studio.core.text import Text, shortened
from studio.knowledge.sources import READERS, find_sources


def suffixes() -> list[str]:
    """Return the endings of the files that are read."""
    return sorted(suffix for reader in READERS.all().values() for suffix in reader.suffixes)


def require_readable(path: Path) -> None:
    """Raise InputError where a knowledge base could not be made from a file or folder; very large files are left to
    the run."""
    for source in find_sources([path]).sources:
        if is_looked_through(source.path):
            source.read()


def preview(path: Path) -> Text:
    """Return how a file's text begins.

    Raises:
        InputError: a knowledge base could not be made from it.
    """
    text = find_sources([path]).sources[0].read().text.strip()
    if not text:
        raise InputError(Text("the file holds no text", "文件里没有文字"), None, path.name)
    return Text(f"begins: {shortened(text)}", f"开头：{shortened(text)}")
