"""Files of JSON objects, one a line, that only grow: a kill costs at most the line that was being written."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any


@dataclass(frozen=True)
class JsonLines:
    """One file, which need not be there yet. One writer a file; readers never see half a line as an object."""

    path: Path

    def append(self, line: Mapping[str, object]) -> None:
        """Append one object.

        A line that an earlier failure (a full disk, a kill) left without its end is closed first, so that it cannot
        swallow this one.
        """
        data = json.dumps(line, ensure_ascii=False).encode() + b"\n"
        with self.path.open("ab+") as stream:
            size = stream.seek(0, 2)
            if size:
                stream.seek(size - 1)
                if stream.read(1) != b"\n":
                    data = b"\n" + data
            stream.write(data)

    def read(self) -> list[dict[str, Any]]:
        """Return the whole objects, in order; none where there is no file yet."""
        return self.read_from(0)[0]

    def read_from(self, offset: int) -> tuple[list[dict[str, Any]], int]:
        """Return the whole objects from a byte offset on, in order, and the offset to go on from.

        A last line without its end is left for the next call; a line that is no object (torn by a kill, or written by
        somebody else) is passed over.
        """
        try:
            with self.path.open("rb") as stream:
                stream.seek(offset)
                data = stream.read()
        except FileNotFoundError:
            return [], offset
        end = data.rfind(b"\n") + 1
        lines = []
        for raw in data[:end].splitlines():
            try:
                line = json.loads(raw)
            except ValueError:
                continue
            if isinstance(line, dict):
                lines.append(line)
        return lines, offset + end
