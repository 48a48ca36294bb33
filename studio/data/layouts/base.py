"""What a layout is: it knows its rows, and turns one into a row of a dataset."""

from __future__ import annotations

import unicodedata
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from studio.core.text import Text
from studio.data.records.base import Row, RowOrigin

Values = Mapping[str, Any]


class BadRow(ValueError):
    """A row that cannot be converted; its reason is shown with the line, and its kind is counted."""

    def __init__(self, reason: Text, kind: Text | None = None) -> None:
        super().__init__(reason.en)
        self.reason = reason
        self.kind = kind or reason


class WatchedRow(dict[str, Any]):
    """A row that remembers which of its fields were read, so that the card can name those that were not."""

    def __init__(self, values: Mapping[str, Any]) -> None:
        super().__init__(values)
        self.read: set[str] = set()

    def __getitem__(self, key: str) -> Any:
        self.read.add(key)
        return super().__getitem__(key)

    def get(self, key: str, default: Any = None) -> Any:
        self.read.add(key)
        return super().get(key, default)


@dataclass(frozen=True)
class Layout:
    """A layout of raw rows.

    Args:
        title: what a user calls it.
        matches: whether a row looks like this layout.
        convert: turns a row into a record; raises BadRow with the reason.
        example: the smallest row, which is also the layout's test.
        order: when guessing, layouts that ask for more of a row are tried first (lower first).
    """

    title: Text
    matches: Callable[[Values], bool]
    convert: Callable[[Values, RowOrigin], Row]
    example: Values
    order: int = 100


def key_of(row: Values, names: Sequence[str]) -> str:
    """Return the row's own spelling of the first of these field names it has; empty where it has none.

    Names are compared without case, spaces, `_` and `-`.
    """
    folded = {_fold(str(key)): str(key) for key in row}
    return next((folded[name] for name in map(_fold, names) if name in folded), "")


def text_of(row: Values, names: Sequence[str]) -> str:
    """Return the text of the first of these fields, stripped; empty where there is none."""
    key = key_of(row, names)
    return _text(row[key]) if key else ""


def texts_of(row: Values, names: Sequence[str]) -> tuple[str, ...]:
    """Return the texts of the first of these fields, stripped, without empty ones: of a list, or of a single text.

    Raises:
        BadRow: the list holds something that is no text.
    """
    key = key_of(row, names)
    value = row[key] if key else None
    several = value if isinstance(value, list | tuple) else [value]
    if any(isinstance(item, dict | list) for item in several):
        raise BadRow(Text(f"'{key}' is no text and no list of texts", f"“{key}”既不是文字，也不是文字列表"))
    return tuple(text for text in map(_text, several) if text)


def identity(row: Values, source: RowOrigin) -> str:
    """Return the row's own id, or one made of its file and line."""
    return text_of(row, ("id", "qid", "question_id")) or f"{source.file}:{source.line}"


def _text(value: Any) -> str:
    if value is None or isinstance(value, dict | list):
        return ""
    return unicodedata.normalize("NFC", str(value)).strip(" \t\r\n\u3000\ufeff")


@lru_cache(maxsize=4096)  # the same few names come with every row
def _fold(name: str) -> str:
    return name.casefold().replace(" ", "").replace("_", "").replace("-", "")
