"""Writing an object a line, and what several of these formats say of a row."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

import msgspec

from studio.core.records import Message
from studio.core.reporter import Reporter
from studio.core.text import Text
from studio.data.exporters.base import DatasetParts, UnshownError
from studio.data.records.base import Row

_BETWEEN_CHECKS = 2_000
_TURNS = Text("user and assistant do not take turns, the user first", "对话不是从用户开始、用户与助手逐轮交替")


def write_lines(
    parts: DatasetParts, folder: Path, report: Reporter, show: Callable[[Row], Mapping[str, Any]]
) -> Counter[Text]:
    """Write a file of JSON lines a part; return the rows that cannot be shown by the reason."""
    unshown: Counter[Text] = Counter()
    done = 0
    for split in parts.splits():
        with (folder / f"{split}.jsonl").open("wb") as stream:
            for row in parts.rows(split):
                if done % _BETWEEN_CHECKS == 0:
                    report.check_stop()
                    report.progress(done, 0, "rows")
                done += 1
                try:
                    stream.write(msgspec.json.encode(show(row)) + b"\n")
                except UnshownError as error:
                    unshown[error.reason] += 1
    report.progress(done, done, "rows")
    return unshown


def with_system(turns: Sequence[Message]) -> tuple[str, tuple[Message, ...]]:
    """Return the system prompt that turns begin with, and what follows it."""
    if turns and turns[0].role == "system":
        return turns[0].content, tuple(turns[1:])
    return "", tuple(turns)


def require_alternating(turns: Sequence[Message], last: str) -> None:
    """Make sure that user and assistant take turns, from the user to `last`.

    Raises:
        UnshownError: they do not; other programs would drop such a row without a word.
    """
    roles = [turn.role for turn in turns]
    wanted = ["user" if place % 2 == 0 else "assistant" for place in range(len(roles))]
    if not roles or roles != wanted or roles[-1] != last:
        raise UnshownError(_TURNS)
