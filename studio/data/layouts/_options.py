"""Options and gold letters in the many ways that exam files write them."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping
from string import ascii_uppercase
from typing import Any

from studio.core.text import Text
from studio.data.layouts._layout import BadRow

# "A. text", "(A) text", "A、text", "A text" at the beginning of a line
_MARK = re.compile(r"^[(（\[]?\s*([A-ZＡ-Ｚ])\s*(?:[)）\].．、:：,，]|\s)\s*")
_LETTERS = re.compile(r"^[(（\[]?\s*([A-Za-zＡ-Ｚａ-ｚ](?:[\s,，、;；/和及&]*[A-Za-zＡ-Ｚａ-ｚ])*)\s*[)）\]]?[.。．]?$")


def read_options(value: Any) -> dict[str, str]:
    """Return letter to text from a mapping, a list of texts, a list of mappings, or one text of several lines.

    >>> read_options("(A) aspirin.\\n(B) heparin.")
    {'A': 'aspirin.', 'B': 'heparin.'}
    >>> read_options(["aspirin", "heparin"])
    {'A': 'aspirin', 'B': 'heparin'}

    Raises:
        BadRow: nothing of the kind, fewer than two, or letters that repeat.
    """
    if isinstance(value, Mapping):
        pairs = [(str(key), str(text)) for key, text in value.items() if text is not None]
    elif isinstance(value, list) and all(isinstance(item, Mapping) for item in value):
        pairs = [
            (_first(item, ("key", "label", "letter")), _first(item, ("value", "text", "content"))) for item in value
        ]
    elif isinstance(value, list):
        pairs = _lettered([str(item) for item in value])
    elif isinstance(value, str):
        pairs = _lettered(_lines(value))
    else:
        pairs = []
    options: dict[str, str] = {}
    for key, text in pairs:
        letter = unicodedata.normalize("NFKC", key).strip().strip("()[].、 ").upper()
        if len(letter) != 1 or letter not in ascii_uppercase:
            raise BadRow(Text(f"an option's key is no letter: {key!r}", f"选项的编号不是字母：{key!r}"))
        if letter in options:
            raise BadRow(Text(f"option {letter} is given twice", f"选项 {letter} 写了两次"))
        options[letter] = text.strip()
    if len(options) < 2:
        raise BadRow(Text("fewer than two options", "选项少于两个"))
    return options


def read_gold(value: Any, options: Mapping[str, str]) -> str:
    """Return the right letters, sorted, from a letter, several letters, or the text of an option.

    >>> read_gold("(D)", {"A": "x", "D": "y"}), read_gold("y", {"A": "x", "D": "y"}), read_gold("D,A", {"A": "x", "D": "y"})
    ('D', 'D', 'AD')

    Raises:
        BadRow: it names no option.
    """
    if isinstance(value, list):
        value = "".join(str(item) for item in value)
    said = "" if value is None else str(value).strip()
    exact = [letter for letter, text in options.items() if text.casefold() == said.casefold() and said]
    match = _LETTERS.match(said)
    if match:
        letters = sorted(
            {letter for letter in unicodedata.normalize("NFKC", match.group(1)).upper() if letter.isalpha()}
        )
        if all(letter in options for letter in letters):
            return "".join(letters)
    if len(exact) == 1:
        return exact[0]
    if not said:
        raise BadRow(Text("the answer is empty", "答案为空"))
    known = "".join(options)
    raise BadRow(
        Text(f"the answer {said[:40]!r} is none of the options {known}", f"答案 {said[:40]!r} 不在选项 {known} 中")
    )


def _first(item: Mapping[str, Any], names: tuple[str, ...]) -> str:
    return next((str(item[name]) for name in names if item.get(name) is not None), "")


def _lettered(texts: list[str]) -> list[tuple[str, str]]:
    """Give letters to texts: their own where every text begins with the expected one, else A, B, C, ..."""
    own = [_MARK.match(text.strip()) for text in texts]
    letters = [unicodedata.normalize("NFKC", match.group(1)) if match else "" for match in own]
    if texts and letters == list(ascii_uppercase[: len(texts)]):
        return [(letter, _MARK.sub("", text.strip(), count=1)) for letter, text in zip(letters, texts, strict=True)]
    return list(zip(ascii_uppercase, texts, strict=False))


def _lines(text: str) -> list[str]:
    """Cut one cell into options: a line that begins with no letter goes on with the option before it."""
    parts: list[str] = []
    for line in text.splitlines():
        expected = ascii_uppercase[len(parts)] if len(parts) < 26 else ""
        match = _MARK.match(line.strip())
        if match and unicodedata.normalize("NFKC", match.group(1)) == expected:
            parts.append(line)
        elif parts and line.strip():
            parts[-1] += f"\n{line}"
        elif line.strip():
            raise BadRow(Text("the options do not begin with A", "选项不是从 A 开始"))
    return parts
