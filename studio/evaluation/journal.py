"""An append-only file of answers that a killed run leaves usable."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any


@dataclass(frozen=True)
class Journal:
    """JSON objects, one a line. What was appended before a kill is there after it; half a line counts as none."""

    path: Path

    def append(self, line: Mapping[str, object]) -> None:
        """Append one object; a line torn by an earlier kill is closed first, so that it cannot swallow this one."""
        data = json.dumps(line, ensure_ascii=False).encode() + b"\n"
        with self.path.open("ab+") as stream:
            size = stream.seek(0, 2)
            if size:
                stream.seek(size - 1)
                if stream.read(1) != b"\n":
                    data = b"\n" + data
            stream.write(data)

    def read(self) -> list[dict[str, Any]]:
        """Return the whole objects, in order; nothing where there is no file yet."""
        if not self.path.exists():
            return []
        lines = []
        for raw in self.path.read_bytes().split(b"\n"):
            try:
                line = json.loads(raw)
            except ValueError:
                continue
            if isinstance(line, dict):
                lines.append(line)
        return lines
