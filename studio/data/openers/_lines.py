"""Whether a text that begins as JSON is one document, a value a line, or objects over several lines each."""

from __future__ import annotations

import io
from pathlib import Path
from typing import Any, Literal

from studio.core.errors import InputError
from studio.data.openers._json import JsonText, parse
from studio.data.openers.base import Head

Form = Literal["document", "lines", "objects"]
_SUFFIXES = (".jsonl", ".ndjson")


def form_of(path: Path, head: Head) -> Form:
    """Return the form of a JSON text; the ending counts where the text has one line, or none that can be read."""
    lines = head.lines()
    by_name: Form = "lines" if path.suffix.lower() in _SUFFIXES else "document"
    if not lines:
        return by_name
    begins = [line.lstrip()[:1] for line in lines]
    values = [value_of(line) is not None for line in lines]
    if values[0] and len(lines) > 1:
        # an array, and below it no other one, is a document with something behind it
        return "lines" if begins[0] == "{" or begins[1] == "[" else "document"
    if values[0]:
        return by_name if begins[0] == "{" else "document"
    if sum(values) * 2 >= len(lines) > 1:
        return "lines"
    document = JsonText(io.StringIO(head.text), path)
    try:
        document.value()
        following = document.peek()
    except InputError:
        return by_name if begins[0] == "{" else "document"
    return "objects" if begins[0] == "{" and following == "{" else "document"


def value_of(line: str) -> Any:
    """Return the object or array that a line holds, or None where it holds none."""
    if line.lstrip()[:1] not in ("{", "["):
        return None
    try:
        return parse(line)
    except (ValueError, RecursionError):
        return None
