"""A few lines from all over a file, however large it is."""

from __future__ import annotations

from pathlib import Path

_LONGEST = 200_000


def sampled_lines(path: Path, most: int = 48) -> list[str]:
    """Return at most so many lines of a UTF-8 file, evenly apart; none of one that is not there, or cannot be read.

    A line that is longer than 200,000 bytes is left out.
    """
    lines = []
    try:
        with path.open("rb") as stream:
            size = stream.seek(0, 2)
            behind, begins = 0, True
            for number in range(most):
                place = max(behind, size * number // most)
                stream.seek(place)
                if place > behind or not begins:  # the rest of a line
                    begins = stream.readline(_LONGEST).endswith(b"\n")
                line = stream.readline(_LONGEST) if begins else b""
                begins = begins and (line.endswith(b"\n") or stream.tell() == size)
                if begins and line.strip():
                    lines.append(line.decode("utf-8", errors="replace"))
                behind = stream.tell()
                if behind >= size:
                    break
    except OSError:
        return []
    return lines
