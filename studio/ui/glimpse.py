"""The first rows of a file, for a browser that the whole of it would drown."""

from __future__ import annotations

import json
from pathlib import Path

from studio.core.text import Language

MOST_ROWS = 50
_LONGEST = 200_000
_MORE = {
    "en": f"Only the first {MOST_ROWS} rows are shown; download the file for all of them.",
    "zh": f"这里只显示前 {MOST_ROWS} 行，全部内容请下载文件。",
}


def rows(path: Path, language: Language) -> str:
    """Return up to `MOST_ROWS` rows of a JSONL file, each spread over lines; a row without an end is cut."""
    shown: list[str] = []
    with path.open(encoding="utf-8", errors="replace") as stream:
        while len(shown) < MOST_ROWS and (line := stream.readline(_LONGEST)):
            shown.append(_spread(line.strip()))
        more = bool(stream.read(1))
    return "\n\n".join([*([_MORE[language]] if more else []), *shown]) + "\n"


def _spread(line: str) -> str:
    try:
        return json.dumps(json.loads(line), ensure_ascii=False, indent=2)
    except ValueError:
        return line
