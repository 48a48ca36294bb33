"""Other values in a recipe's text: only the lines of the keys that change, so that comments stay."""

from __future__ import annotations

import textwrap
from collections.abc import Iterator, Mapping
from typing import Any

import yaml

from studio.core import yamlfile


def patched(text: str, before: Mapping[str, Any], after: Mapping[str, Any]) -> str | None:
    """Return the text with the values of `after`, or None where its lines cannot be changed one by one.

    A new key goes behind the one it follows in `after`. A mapping below a key is changed line by line as well. The
    caller reads the result back: an anchor may have gone with its line.

    >>> patched("name: a  # mine\\n# rows\\nseed: 1\\n", {"name": "a", "seed": 1}, {"name": "b", "lines": 2})
    'name: b  # mine\\nlines: 2\\n# rows\\n'
    >>> patched("m:\\n  a: 1  # one\\n  b: 2\\n", {"m": {"a": 1, "b": 2}}, {"m": {"a": 3, "b": 2}})
    'm:\\n  a: 3  # one\\n  b: 2\\n'
    """
    root = yaml.compose(text, yaml.SafeLoader)
    if not isinstance(root, yaml.MappingNode) or root.flow_style or not root.value:
        return None
    lines = text.splitlines(keepends=True)
    first = root.value[0][0].start_mark.line
    return "".join(lines[:first]) + _mapping(root, lines, len(lines), before, after)


def _mapping(
    node: yaml.MappingNode, lines: list[str], end: int, before: Mapping[str, Any], after: Mapping[str, Any]
) -> str:
    """Return the lines of a block mapping, up to a line, with other values."""
    indent = node.start_mark.column
    starts = [key.start_mark.line for key, _ in node.value]
    pieces: dict[str, str] = {}
    behind: dict[str, str] = {}  # comments and empty lines, which most often speak of the next key
    for (key, value), start, next_start in zip(node.value, starts, [*starts[1:], end], strict=True):
        body = min(_end(value, lines, start), next_start)
        pieces[key.value] = "".join(lines[start:body])
        behind[key.value] = "".join(lines[body:next_start])
        was, now = before.get(key.value), after.get(key.value)
        if key.value not in after:
            pieces[key.value] = ""
        elif was == now:
            continue
        elif _is_block(value, start) and isinstance(was, Mapping) and isinstance(now, Mapping) and now:
            head = "".join(lines[start : value.start_mark.line])
            pieces[key.value] = head + _mapping(value, lines, body, was, now)
        else:
            first, *rest = _line(key.value, now, indent).split("\n")
            pieces[key.value] = "\n".join([first + _remark(value, lines, start), *rest])
    return "".join(_in_order(pieces, behind, after, indent))


def _is_block(value: yaml.Node, start: int) -> bool:
    """Tell whether a key's value is a mapping of one key a line, below the key."""
    return isinstance(value, yaml.MappingNode) and not value.flow_style and value.start_mark.line > start


def _in_order(
    pieces: Mapping[str, str], behind: Mapping[str, str], after: Mapping[str, Any], indent: int
) -> Iterator[str]:
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
            yield f"{_line(new, after[new], indent)}\n"
        yield behind[key]


def _line(key: str, value: Any, indent: int) -> str:
    return textwrap.indent(yamlfile.dump({key: value}).rstrip("\n"), " " * indent)


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
