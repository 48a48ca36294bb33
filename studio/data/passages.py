"""Passages that come with a question, however they are nested."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from studio.data.row_view import text_of

_TEXTS = ("contexts", "context", "passages", "snippets", "text", "content", "abstract", "passage")


def passages(value: Any) -> tuple[str, ...]:
    """Return the texts of passages: one, a list, records with a text each, or PubMedQA's object of lists.

    >>> passages({"contexts": ["a", "b"], "labels": ["X", "Y"]}), passages([{"title": "t", "text": "a"}])
    (('a', 'b'), ('a',))

    Raises:
        BadRow: one of them has no text.
    """
    if value is None:
        return ()
    if isinstance(value, Mapping):
        inner = next((value[name] for name in _TEXTS if value.get(name)), None)
        return passages(inner) if inner is not None else (text_of(value),)
    if isinstance(value, list | tuple):
        return tuple(text for item in value for text in passages(item))
    text = text_of(value)
    return (text,) if text else ()
