"""Options in the many ways that exam files write them."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Mapping, Sequence
from string import ascii_uppercase
from typing import Any

from studio.core.text import Text
from studio.data.row_view import BadRow, text_of, unwritten

# "A. text", "(A) text", "A、text", "A text" at the beginning of a line; the same with numbers, where a sign follows
_MARK = re.compile(r"^[(（\[【]?\s*([A-ZＡ-Ｚ])\s*(?:([)）\]】.．、:：,，])|\s)\s*")
_BREAK = re.compile(r"\\r?\\n|\\n")  # a literal backslash and n, as spreadsheets keep it
_NUMBER = re.compile(r"^[(（\[]?\s*(\d{1,2})\s*[)）\].．、:：](?!\d)\s*|^([①-⑳])\s*")
_NEXT = r"(?:(?<=[\s;；|,，。])|(?<=[^\x00-\x7f]))[(（\[【]?\s*[{letters}]\s*[)）\]】.．、:：]\s*"
_BARE = r"(?<=\s)[{letters}]\s+(?=\S)"
_PARTS = ("|", "｜", "；", ";", "\t")
_KEY = re.compile(r"(?:option|opt|op|choice|选项)?[\s_]*([a-z]|\d{1,2})")
_KEYS = ("key", "label", "letter", "id", "aid", "option_id", "index")
_TEXTS = ("value", "text", "content", "atext", "option", "answer", "description")


class ChoiceOptions(dict[str, str]):
    """Letter to text, of the options that have one.

    Attributes:
        letters: the letters of all, also of those that are empty and therefore no options.
        base: what the options' own numbers count from, where they have numbers.
    """

    def __init__(self, pairs: Iterable[tuple[str, str]], base: int | None = None) -> None:
        several = list(pairs)
        super().__init__((letter, text) for letter, text in several if text)
        self.letters = tuple(letter for letter, _ in several)
        self.base = base


def read_options(value: Any) -> ChoiceOptions:
    """Return letter to text from a mapping, a list of texts, pairs or mappings, or one text.

    >>> read_options("(A) aspirin.\\n(B) heparin.")
    {'A': 'aspirin.', 'B': 'heparin.'}
    >>> read_options(["aspirin", "heparin"]), read_options("A.皮疹 B.头痛"), read_options({"1": "x", "2": "y"})
    ({'A': 'aspirin', 'B': 'heparin'}, {'A': '皮疹', 'B': '头痛'}, {'A': 'x', 'B': 'y'})

    Raises:
        BadRow: nothing of the kind, fewer than two, or letters that repeat or skip one.
    """
    value = unwritten(value)
    if isinstance(value, Mapping) and isinstance(value.get("text"), list):  # the table within a row, as Arrow has it
        marks = value.get("label") or list(ascii_uppercase)
        pairs = [(str(mark), text_of(text)) for mark, text in zip(marks, value["text"], strict=False)]
    elif isinstance(value, Mapping):
        pairs = [(str(key), text_of(text)) for key, text in value.items()]
    elif isinstance(value, list):
        pairs = _listed(value)
    elif isinstance(value, str):
        pairs = _written(value)
    else:
        pairs = []
    options = _lettered_by_keys(pairs)
    if len(options) < 2:
        raise BadRow(_too_few(value), Text("fewer than two options", "选项少于两个"))
    return options


def _lettered_by_keys(pairs: Sequence[tuple[str, str]]) -> ChoiceOptions:
    """Return options by their keys: letters, or numbers, which stand for the letters in their order."""
    keys = [_key(key) for key, _ in pairs]
    twice = next((key for place, key in enumerate(keys) if key in keys[:place]), None)
    if twice is not None:
        raise BadRow(
            Text(f"option {twice} is given twice", f"选项 {twice} 写了两次"),
            Text("an option is given twice", "有选项写了两次"),
        )
    if not keys or not all(key.isdigit() for key in keys):
        for key, (given, _) in zip(keys, pairs, strict=True):
            if key.isdigit():
                raise BadRow(Text(f"an option's key is no letter: {given!r}", f"选项的编号不是字母：{given!r}"))
        return ChoiceOptions(zip(keys, (text for _, text in pairs), strict=True))
    ordered = sorted(zip(map(int, keys), (text for _, text in pairs), strict=True))
    base = ordered[0][0]
    if base > 1 or [number for number, _ in ordered] != list(range(base, base + len(ordered))):
        numbers = ", ".join(keys)
        raise BadRow(
            Text(f"the options are numbered {numbers}: a number is missing", f"选项的编号是 {numbers}：缺了编号"),
            Text("the options skip a number", "选项的编号缺了数字"),
        )
    return ChoiceOptions(zip(ascii_uppercase, (text for _, text in ordered), strict=False), base)


def _key(key: str) -> str:
    """Return an option's letter or number: `A`, `(a)`, `option_a`, `1`."""
    bare = unicodedata.normalize("NFKC", key).strip().strip("()[].、: ").casefold()
    match = _KEY.fullmatch(bare)
    if not match:
        raise BadRow(
            Text(f"an option's key is no letter: {key[:40]!r}", f"选项的编号不是字母：{key[:40]!r}"),
            Text("an option's key is no letter", "选项的编号不是字母"),
        )
    return match.group(1).upper()


def _listed(value: list[Any]) -> list[tuple[str, str]]:
    """Return the pairs of a list: of mappings, of pairs of a key and a text, or of texts."""
    if value and all(isinstance(item, Mapping) for item in value):
        if all(len(item) == 1 and not set(item) & set(_TEXTS) for item in value):
            return [(str(key), text_of(text)) for item in value for key, text in item.items()]
        keyed = [(_first(item, _KEYS), _first(item, _TEXTS)) for item in value]
        if not any(key for key, _ in keyed):
            return list(zip(ascii_uppercase, (text for _, text in keyed), strict=False))
        return keyed
    if value and all(isinstance(item, list | tuple) and len(item) == 2 for item in value):
        return [(text_of(key), text_of(text)) for key, text in value]
    return _lettered([text_of(item) for item in value])


def _first(item: Mapping[str, Any], names: tuple[str, ...]) -> str:
    return next((text_of(item[name]) for name in names if item.get(name) is not None), "")


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
    by_number = _numbered(texts)
    return by_number or list(zip(ascii_uppercase, texts, strict=False))


def _numbered(texts: Sequence[str]) -> list[tuple[str, str]]:
    """Return texts that are numbered 1, 2, 3, … by their numbers; none where they are not."""
    marks = [_NUMBER.match(text) for text in texts]
    pairs = [
        (mark.group(1) or str(int(unicodedata.normalize("NFKC", mark.group(2)))), text[mark.end() :].strip())
        for mark, text in zip(marks, texts, strict=True)
        if mark
    ]
    numbers = [int(number) for number, _ in pairs]
    return pairs if len(pairs) == len(texts) > 1 and numbers == list(range(numbers[0], numbers[0] + len(texts))) else []


def _written(text: str) -> list[tuple[str, str]]:
    """Cut one cell into options: by lines, by letters on one line, or by a sign that parts them."""
    text = _BREAK.sub("\n", text)
    lines = [line.strip() for line in text.splitlines() if line.strip()]
    if not lines:
        return []
    if len(lines) > 1 and lines[0].endswith((":", "：")) and _MARK.match(lines[1]):
        del lines[0]  # a heading, `Answer Choices:`
    if not _MARK.match(lines[0]):
        return _unmarked(lines)
    pairs: list[tuple[str, str]] = []
    for line in lines:
        mark = _MARK.match(line)
        if mark:
            pairs.append((_letter(mark), _MARK.sub("", line, count=1)))
        else:  # it goes on with the option before it
            letter, begun = pairs[-1]
            pairs[-1] = (letter, f"{begun}\n{line}")
    letters = [letter for letter, _ in pairs]
    if len(set(letters)) == len(letters) and sorted(letters) != list(ascii_uppercase[: max(2, len(letters))]):
        pairs = _spread(text)
        letters = [letter for letter, _ in pairs]
        if len(pairs) > 1 and sorted(letters) != list(ascii_uppercase[: len(letters)]):
            _complain(letters)
    return pairs


def _unmarked(lines: Sequence[str]) -> list[tuple[str, str]]:
    """Return options that have no letters: numbered, a line each, or parted by a sign."""
    if len(lines) > 1:
        if any(_MARK.match(line) and _MARK.match(line).group(2) for line in lines):  # type: ignore[union-attr]
            raise BadRow(Text("the options do not begin with A", "选项不是从 A 开始"))
        return _numbered(lines) or list(zip(ascii_uppercase, lines, strict=False))
    parted = _one_line_of_numbers(lines[0])
    if parted:
        return parted
    for sign in _PARTS:
        texts = [part.strip() for part in lines[0].split(sign)]
        if len(texts) > 1:
            return _lettered([text for text in texts if text] if sign in "；;" else texts)
    raise BadRow(Text("the options do not begin with A", "选项不是从 A 开始"))


def _one_line_of_numbers(line: str) -> list[tuple[str, str]]:
    """Return `1.皮疹 2.头痛` by its numbers."""
    parts = re.split(r"\s*[;；|]?\s*(?=(?:(?<=^)|(?<=[\s;；|]))[(（]?\d{1,2}[)）.．、](?!\d))|(?=[①-⑳])", line)
    return _numbered([part.strip() for part in parts if part.strip()])


def _spread(text: str) -> list[tuple[str, str]]:
    """Cut a text at the letters A, B, C, … in their order, several to a line: `A.皮疹 B.头痛`."""
    for pattern in (_NEXT, _BARE):
        places: list[tuple[str, int, int]] = []
        first = _MARK.match(text.strip())
        begin = text.index(text.strip())
        if first:
            places.append(("A", begin + first.start(), begin + first.end()))
        for letter in ascii_uppercase[1:]:
            wide = unicodedata.lookup(f"FULLWIDTH LATIN CAPITAL LETTER {letter}")
            match = re.compile(pattern.format(letters=letter + wide)).search(text, places[-1][2] if places else 0)
            if not match:
                break
            places.append((letter, match.start(), match.end()))
        if len(places) > (1 if pattern == _NEXT else 2):  # "A vitamin B deficiency" is one option
            ends = [*(start for _, start, _ in places[1:]), len(text)]
            return [
                (letter, text[begun:end].strip().rstrip(";；|，,\t ").strip())
                for (letter, _, begun), end in zip(places, ends, strict=True)
            ]
    return _by_lines(text)


def _by_lines(text: str) -> list[tuple[str, str]]:
    marks = [(mark, line) for line in text.splitlines() if (mark := _MARK.match(line.strip()))]
    return [(_letter(mark), line.strip()[mark.end() :]) for mark, line in marks]


def _letter(mark: re.Match[str]) -> str:
    return unicodedata.normalize("NFKC", mark.group(1))


def _too_few(value: Any) -> Text:
    """Return that there are fewer than two options, with what stands there."""
    shown = str(value)[:40]
    if value in (None, "", [], {}):
        return Text("there are no options", "没有选项")
    return Text(f"fewer than two options: {shown!r}", f"选项少于两个：{shown!r}")


def _complain(letters: list[str]) -> None:
    """Raise BadRow: a gap in the letters may be a lost option, or a line that only looks like one."""
    found = "".join(letters)
    raise BadRow(
        Text(f"the options are lettered {found}: a letter is missing", f"选项的编号是 {found}：缺了字母"),
        Text("the options skip a letter", "选项的编号缺了字母"),
    )
