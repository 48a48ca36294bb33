"""Following a log for the browser: its tail first, then what is added, by byte offset."""

from __future__ import annotations

import re
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

TAIL_BYTES = 96_000
_ANSI = re.compile(r"\x1b(?:\[[0-9;?]*[A-Za-z]|\][^\x07]*\x07)")


@dataclass(frozen=True)
class LogPart:
    """Whole lines of a log.

    Args:
        text: the lines, as a terminal would have left them.
        offset: the byte to go on from.
        fresh: whether the text stands for itself, in place of what the browser has.
        earlier: bytes before it that were left out.
    """

    text: str
    offset: int
    fresh: bool
    earlier: int = 0

    def dump(self) -> dict[str, Any]:
        return asdict(self)


def follow(path: Path, since: int) -> LogPart:
    """Return the whole lines from a byte offset on; the tail where it is -1, lies far behind, or the log shrank."""
    try:
        size = path.stat().st_size
        fresh = since < 0 or since > size or size - since > TAIL_BYTES
        start = max(0, size - TAIL_BYTES) if fresh else since
        with path.open("rb") as stream:
            stream.seek(start)
            data = stream.read(size - start)
    except FileNotFoundError:
        return LogPart("", 0, True)
    if fresh and start:  # begin with a whole line
        cut = data.find(b"\n") + 1
        start, data = start + cut, data[cut:]
    end = data.rfind(b"\n") + 1 or (len(data) if len(data) > TAIL_BYTES // 2 else 0)
    return LogPart(as_shown(data[:end].decode("utf-8", errors="replace")), start + end, fresh, start if fresh else 0)


def as_shown(text: str) -> str:
    """Return a text as a terminal leaves it: of a line drawn over and over the last state, and no colours.

    >>> as_shown("step 1\\rstep 2\\r\\ndone\\n")
    'step 2\\ndone\\n'
    """
    lines = (line.rstrip("\r").rpartition("\r")[2] for line in _ANSI.sub("", text).split("\n"))
    return "\n".join(lines)
