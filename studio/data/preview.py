"""What an uploaded file of rows holds, before any run reads it."""

from __future__ import annotations

import json
from pathlib import Path

from studio.core.files import is_looked_through
from studio.core.text import Text, shortened
from studio.data.detect import detect, readable
from studio.data.layouts import LAYOUTS
from studio.data.raw import read_raw

SUFFIXES = (".jsonl", ".json", ".csv", ".tsv", ".txt")


def require_readable(path: Path, layout: str = "auto") -> None:
    """Raise InputError where a dataset could not be made from a file; a very large one is left to the run."""
    if is_looked_through(path):
        preview(path, layout)


def preview(path: Path, layout: str = "auto") -> Text:
    """Return a file's layout and its first row.

    Raises:
        InputError: a dataset could not be made from it.
    """
    raw = read_raw(path).rows
    guessed = detect(raw, path.name) if layout == "auto" else layout
    first = json.dumps(readable(raw, path.name)[0], ensure_ascii=False, default=str)
    title, begins = LAYOUTS.load(guessed).title, shortened(first)
    return Text(f"{title.en} ({guessed}) · first row: {begins}", f"{title.zh}（{guessed}）· 首行：{begins}")
