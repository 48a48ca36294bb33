"""The append-only story of a run, and readers that follow it by byte offset."""

from __future__ import annotations

import math
import time
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from studio.core.jsonl import JsonLines
from studio.core.text import Text

Event = dict[str, Any]


class EventLog:
    """Writes a run's events. One writer a file; readers never see half a line as an event."""

    def __init__(self, path: Path) -> None:
        self._path = path

    def append(self, type: str, **fields: Any) -> None:
        """Append one event; `time` is seconds since the epoch."""
        JsonLines(self._path).append({"time": round(time.time(), 3), "type": type, **fields})

    def stage(self, name: str, text: Text) -> None:
        """Say which part of the work begins."""
        self.append("stage", name=name, text=text.dump())

    def progress(self, done: int, total: int, unit: str, saved: int | None = None) -> None:
        """Say how far the current stage is, and how much of that would outlive a kill."""
        kept = {} if saved is None else {"saved": saved}
        self.append("progress", done=done, total=total, unit=unit, **kept)

    def metric(self, step: int, values: Mapping[str, float]) -> None:
        """Record measured values at a step; one that is no finite number as null, for JSON knows none."""
        numbers = {name: value if math.isfinite(value) else None for name, value in values.items()}
        self.append("metric", step=step, values=numbers)

    def notice(self, text: Text) -> None:
        """Tell the user something that is no error."""
        self.append("notice", text=text.dump())

    def error(self, error: Mapping[str, object]) -> None:
        """Record what ended the run."""
        self.append("error", error=dict(error))


def read_events(path: Path, offset: int = 0) -> tuple[list[Event], int]:
    """Return the whole events from a byte offset on, and the offset to go on from.

    A last line without its end is left for the next call; a line that is no event (torn by a kill, or written by
    somebody else) is passed over.
    """
    lines, end = JsonLines(path).read_from(offset)
    return [line for line in lines if _is_event(line)], end


def _is_event(line: Event) -> bool:
    """Tell whether a line is an event whose fields can be counted on; takes out of it the values that are none."""
    if not isinstance(line.get("time"), int | float):
        return False
    match line:
        case {"type": "progress", "done": int() | float(), "total": int() | float(), "unit": str()}:
            return isinstance(line.get("saved", 0), int | float)
        case {"type": "metric", "step": int(), "values": dict(values)}:
            for name in [name for name, item in values.items() if not _is_number(item)]:
                del values[name]  # null: it was no number (a loss that overflowed)
            return True
        case {"type": "stage" | "notice", "text": _}:
            return True
        case {"type": "progress" | "metric" | "stage" | "notice"}:
            return False
        case {"type": str()}:
            return True
    return False


def _is_number(value: object) -> bool:
    return isinstance(value, int | float) and math.isfinite(value)


def read_log(path: Path, offset: int = 0) -> tuple[str, int]:
    """Return a log's text from a byte offset on, and the offset to go on from; never splits a character."""
    try:
        with path.open("rb") as stream:
            stream.seek(offset)
            data = stream.read()
    except FileNotFoundError:
        return "", offset
    cut = len(data)
    while cut and len(data) - cut < 4 and data[cut - 1] & 0xC0 == 0x80:
        cut -= 1
    if cut and data[cut - 1] >= 0xC0:
        lead = data[cut - 1]
        wanted = 2 if lead < 0xE0 else 3 if lead < 0xF0 else 4
        cut = cut - 1 if len(data) - cut + 1 < wanted else len(data)
    else:
        cut = len(data)
    return data[:cut].decode("utf-8", errors="replace"), offset + cut
