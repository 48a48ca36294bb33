"""Options and gold letters in the many ways that exam files write them."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping
from string import ascii_uppercase
from typing import Any

from studio.core.text import Text
from studio.data.layouts.base import BadRow

# "A. text", "(A) text", "A、text", "A text" at the beginning of a line
_MARK = re.compile(r"^[(（\[]?\s*([A-ZＡ-Ｚ])\s*(?:([)）\].．、:：,，])|\s)\s*")
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
        pairs = _lines(value)
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
        BadRow: it names no option, or leaves open which.
    """
    if isinstance(value, list) and value:
        return "".join(sorted({letter for item in value for letter in read_gold(item, options)}))
    said = "" if value is None or isinstance(value, list) else str(value).strip()
    if not said:
        raise BadRow(Text("the answer is empty", "答案为空"))
    if isinstance(value, int) and not isinstance(value, bool):
        raise BadRow(
            Text(
                f"the answer is the number {value}: whether it counts from 0 or from 1 is not said",
                f"答案是数字 {value}：没有说明从 0 还是从 1 开始数",
            ),
            Text("the answer is a number", "答案是数字"),
        )
    exact = [letter for letter, text in options.items() if text.casefold() == said.casefold()]
    letters = _letters(said)
    # a word may be made of option letters alone: Bad, Ca, DNA
    if letters and all(letter in options for letter in letters) and not (len(said) > 1 and exact):
        return letters
    if len(exact) > 1:
        raise BadRow(
            Text(
                f"the answer {said[:40]!r} stands under {''.join(exact)}",
                f"答案 {said[:40]!r} 同时是选项 {''.join(exact)}",
            )
        )
    if exact:
        return exact[0]
    known = "".join(options)
    raise BadRow(
        Text(f"the answer {said[:40]!r} is none of the options {known}", f"答案 {said[:40]!r} 不在选项 {known} 中")
    )


def _letters(said: str) -> str:
    """Return the letters that a text consists of, sorted; empty where it is a word, or more than letters."""
    match = _LETTERS.match(said)
    if not match:
        return ""
    letters = [letter for letter in unicodedata.normalize("NFKC", match.group(1)) if letter.isalpha()]
    one_case = "".join(letters).isupper() or "".join(letters).islower()
    return "".join(sorted({letter.upper() for letter in letters})) if one_case else ""


def _first(item: Mapping[str, Any], names: tuple[str, ...]) -> str:
    return next((str(item[name]) for name in names if item.get(name) is not None), "")


def _lettered(texts: list[str]) -> list[tuple[str, str]]:
    """Give letters to texts: their own where every text begins with one of the first letters, else A, B, C, ...

    Raises:
        BadRow: the texts are numbered by letters, and one is missing; or they are more than letters.
    """
    marks = [_MARK.match(text.strip()) for text in texts]
    own = [_letter(mark) for mark in marks if mark]
    first = list(ascii_uppercase[: len(texts)])
    # "C cells" begins with a letter as well: out of order, only a letter with a point or a bracket is a number
    numbered = len(own) == len(texts) and all(mark and mark.group(2) for mark in marks)
    if texts and (own == first or (numbered and sorted(own) == first)):
        return [(letter, _MARK.sub("", text.strip(), count=1)) for letter, text in zip(own, texts, strict=True)]
    if numbered and own[0] == "A" and own == sorted(own):  # "E. coli" and "S. aureus" are no numbers
        _complain(own)
    if len(texts) > len(ascii_uppercase):
        raise BadRow(Text("more than 26 options", "选项多于 26 个"))
    return list(zip(ascii_uppercase, texts, strict=False))


def _lines(text: str) -> list[tuple[str, str]]:
    """Cut one cell into options: a line that begins with no letter goes on with the option before it."""
    pairs: list[tuple[str, str]] = []
    for line in text.splitlines():
        mark = _MARK.match(line.strip())
        if mark:
            pairs.append((_letter(mark), _MARK.sub("", line.strip(), count=1)))
        elif pairs and line.strip():
            letter, begun = pairs[-1]
            pairs[-1] = (letter, f"{begun}\n{line}")
        elif line.strip():
            raise BadRow(Text("the options do not begin with A", "选项不是从 A 开始"))
    letters = [letter for letter, _ in pairs]
    if len(set(letters)) == len(letters) and sorted(letters) != list(ascii_uppercase[: len(letters)]):
        _complain(letters)
    return pairs


def _letter(mark: re.Match[str]) -> str:
    return unicodedata.normalize("NFKC", mark.group(1))


def _complain(letters: list[str]) -> None:
    """Raise BadRow: a gap in the letters may be a lost option, or a line that only looks like one."""
    found = "".join(letters)
    raise BadRow(
        Text(f"the options are lettered {found}: a letter is missing", f"选项的编号是 {found}：缺了字母"),
        Text("the options skip a letter", "选项的编号缺了字母"),
    )
