"""Other values in a recipe's text: only the lines of the keys that change, so that comments stay."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

import yaml

from studio.core import yamlfile


def patched(text: str, before: Mapping[str, Any], after: Mapping[str, Any]) -> str | None:
    """Return the text with the values of `after`, or None where its lines cannot be changed one by one.

    A new key goes behind the one it follows in `after`. The caller reads the result back: an anchor may have gone
    with its line.

    >>> patched("name: a  # mine\\n# rows\\nseed: 1\\n", {"name": "a", "seed": 1}, {"name": "b", "lines": 2})
    'name: b  # mine\\nlines: 2\\n# rows\\n'
    """
    root = yaml.compose(text, yaml.SafeLoader)
    if not isinstance(root, yaml.MappingNode) or root.flow_style or not root.value:
        return None
    lines = text.splitlines(keepends=True)
    starts = [key.start_mark.line for key, _ in root.value]
    pieces: dict[str, str] = {}
    behind: dict[str, str] = {}  # comments and empty lines, which most often speak of the next key
    for (key, value), start, end in zip(root.value, starts, [*starts[1:], len(lines)], strict=True):
        body = _end(value, lines, start)
        pieces[key.value] = "".join(lines[start:body])
        behind[key.value] = "".join(lines[body:end])
        if key.value not in after:
            pieces[key.value] = ""
        elif before.get(key.value) != after[key.value]:
            pieces[key.value] = _line(key.value, after[key.value]) + _remark(value, lines, start)
    return "".join([*lines[: starts[0]], *_in_order(pieces, behind, after)])


def _in_order(pieces: Mapping[str, str], behind: Mapping[str, str], after: Mapping[str, Any]) -> Iterator[str]:
    """Yield the old keys' pieces as they stood, each followed by the new keys that come after it."""
    follows: dict[str, list[str]] = {}
    last = next(iter(pieces))
    for key in after:
        if key in pieces:
            last = key
        else:
            follows.setdefault(last, []).append(key)
    for key, piece in pieces.items():
        yield piece if not piece or piece.endswith("\n") else f"{piece}\n"
        for new in follows.get(key, ()):
            yield f"{_line(new, after[new])}\n"
        yield behind[key]


def _line(key: str, value: Any) -> str:
    return yamlfile.dump({key: value}).rstrip("\n")


def _end(value: yaml.Node, lines: list[str], start: int) -> int:
    """Return the line after a value's last; a list's own end lies behind the comments that follow it."""
    mark = value.end_mark
    end = max(start + 1, mark.line + (mark.column > 0))
    if isinstance(value, yaml.CollectionNode):
        while end > start + 1 and lines[end - 1].strip()[:1] in ("", "#"):
            end -= 1
    return end


def _remark(value: yaml.Node, lines: list[str], start: int) -> str:
    """Return the comment behind a value that stands on its key's line."""
    if value.end_mark.line != start:
        return ""
    rest = lines[start][value.end_mark.column :].rstrip()
    return rest if rest.lstrip().startswith("#") else ""
