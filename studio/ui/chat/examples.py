"""Questions to begin a conversation with: from what is chosen and what is here, in a language that the model reads."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import suppress
from itertools import islice
from pathlib import Path

from studio.core.errors import InputError
from studio.core.scripts import han_share
from studio.core.text import Text
from studio.core.vocabulary import reads_han
from studio.knowledge.language import passages_language
from studio.runs.references import resolve
from studio.runs.store import RunStore
from studio.ui.context import Context

_GENERIC = (
    Text("What reverses heparin, and why?", "用什么药物逆转肝素的作用？为什么？"),
    Text("Which antidote is given for an opioid overdose?", "阿片类药物过量应给予什么解毒药？"),
    Text("How is diabetic ketoacidosis treated in the first hour?", "糖尿病酮症酸中毒在第一个小时应如何处理？"),
)
_DATASETS = 5  # that are looked into, the newest first
_ROWS = 300
_LONGEST = 120  # characters


def examples(context: Context, model: str = "", knowledge: str = "") -> list[str]:
    """Return three questions.

    Those of the newest dataset whose test questions are in the language of the knowledge base, else of the page, where
    the model reads it; without such a dataset, questions of our own.
    """
    chinese = context.language == "zh"
    if knowledge:
        chinese = _is_chinese(context, knowledge)
    chinese = chinese and _reads_chinese(context, model)
    for entry in islice(RunStore(context.workspace).finished("dataset"), _DATASETS):
        folder = entry.output("dataset")
        asked = [stem for stem in _stems(folder) if (han_share(stem) > 0.5) == chinese] if folder is not None else []
        if len(asked) >= len(_GENERIC):
            return [asked[place * len(asked) // len(_GENERIC)] for place in range(len(_GENERIC))]
    return [text.zh if chinese else text.en for text in _GENERIC]


def _stems(dataset: Path) -> Iterator[str]:
    """Yield the short open questions among a dataset's first test rows."""
    for row in _rows(dataset / "test.jsonl"):
        stem = row.get("stem")
        if isinstance(stem, str) and not row.get("options") and 0 < len(stem) <= _LONGEST:
            yield stem


def _is_chinese(context: Context, knowledge: str) -> bool:
    """Tell whether a knowledge base is in Chinese; of one in no language, or of none, whether the page is."""
    with suppress(InputError):
        folder = resolve(context.workspace, "knowledge", knowledge).locate(context.workspace)
        held = passages_language(folder)
        if held is not None:
            return held == "zh"
    return context.language == "zh"


def _reads_chinese(context: Context, model: str) -> bool:
    with suppress(InputError):
        return reads_han(resolve(context.workspace, "model", model).locate(context.workspace)) is not False
    return True


def _rows(file: Path) -> Iterator[dict[str, object]]:
    """Yield the first rows of a file; what is no row is passed over."""
    if not file.is_file():
        return
    with file.open(encoding="utf-8", errors="replace") as stream:
        for line in islice(stream, _ROWS):
            with suppress(ValueError):
                row = json.loads(line)
                if isinstance(row, dict):
                    yield row
