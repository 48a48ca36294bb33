"""What an uploaded file holds, before any run reads it: its layout and how it begins, or why it cannot work."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Callable, Mapping
from itertools import islice
from pathlib import Path

from studio.core.errors import InputError
from studio.core.text import Text
from studio.data.layouts import LAYOUTS
from studio.data.raw import read_raw
from studio.knowledge.sources import READERS, find_sources

_LARGEST = 30_000_000  # bytes; what is larger is read by its run alone, for the page must not wait
_ROWS = 20
_SHOWN = 100
_NOTHING = Text("", "")


def suffixes(kind: str) -> list[str]:
    """Return the endings of the files that a recipe of a kind takes; all of them where none are known."""
    if kind == "dataset":
        return [".jsonl", ".json", ".csv", ".tsv", ".txt"]
    if kind == "knowledge":
        return sorted(suffix for reader in READERS.all().values() for suffix in reader.suffixes)
    return []


def preview(kind: str, path: Path, layout: str = "auto") -> Text:
    """Return how a file begins; empty where it is too large to be looked into, or its kind is not known.

    Raises:
        InputError: a run could not use the file.
    """
    if kind not in _KINDS or not path.is_file():
        return _NOTHING
    if path.stat().st_size > _LARGEST:
        return _NOTHING
    return _KINDS[kind](path, layout)


def _rows(path: Path, layout: str) -> Text:
    raw = read_raw(path).rows
    rows = list(islice((row.values for row in raw if row.fault is None), _ROWS))
    if not rows:
        reason = raw[0].fault or _NOTHING
        raise InputError(
            Text(
                f"none of {len(raw)} rows can be read; the first: {reason.en}",
                f"{len(raw)} 行中没有一行能读取；第一行的原因：{reason.zh}",
            ),
            None,
            path.name,
        )
    layouts = dict(sorted(LAYOUTS.all().items(), key=lambda item: item[1].order))
    votes = Counter(next((name for name in layouts if layouts[name].matches(row)), "") for row in rows)
    votes.pop("", None)
    if layout == "auto" and not votes:
        fields = list(dict.fromkeys(key for row in rows[:3] for key in row))[:12]
        raise InputError(
            Text(
                f"No known layout: the fields are {', '.join(fields) or '-'}.",
                f"认不出这个文件的格式：字段为 {'、'.join(fields) or '-'}。",
            ),
            Text(
                "Question and answer needs question and answer; multiple choice needs question, options and answer_idx.",
                "问答需要 question 和 answer；选择题需要 question、options 和 answer_idx。",
            ),
            path.name,
        )
    name = votes.most_common(1)[0][0] if layout == "auto" else layout
    title, begins = LAYOUTS.load(name).title, _short(json.dumps(rows[0], ensure_ascii=False, default=str))
    return Text(f"{title.en} ({name}) · first row: {begins}", f"{title.zh}（{name}）· 首行：{begins}")


def _passages(path: Path, layout: str) -> Text:
    text = find_sources([path]).sources[0].read().text.strip()
    if not text:
        raise InputError(Text("the file holds no text", "文件里没有文字"), None, path.name)
    return Text(f"begins: {_short(text)}", f"开头：{_short(text)}")


def _short(text: str) -> str:
    line = " ".join(text[: 4 * _SHOWN].split())
    return line if len(line) <= _SHOWN else f"{line[: _SHOWN - 1]}…"


_KINDS: Mapping[str, Callable[[Path, str], Text]] = {"dataset": _rows, "knowledge": _passages}
