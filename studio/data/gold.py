"""The right options in the many ways that exam files name them: letters, numbers, texts, `答案：B`."""

from __future__ import annotations

import math
import re
import unicodedata
from collections.abc import Mapping, Sequence
from typing import Any

from studio.core.text import Text
from studio.data.choice_options import ChoiceOptions
from studio.data.normal import normal
from studio.data.row_view import BadRow, text_of, unwritten

_SEVERAL = r"[A-Za-z](?:(?:[\s,、;/|+和与及&]|and)*[A-Za-z])*"
_LETTERS = re.compile(rf"^[(\[【]?\s*({_SEVERAL})\s*[)\]】]?[.。]?$")
_SAID = re.compile(
    rf"^(?:(?:本题|正确)*(?:的)?(?:答案|选项)|[故应本题]*选择?|(?:the\s+)?(?:correct\s+|right\s+|final\s+|best\s+)*"
    rf"(?:answer|option|choice|ans))\s*(?:是|为|is|[:.])*\s*[(\[]?\s*({_SEVERAL})\s*[)\]]?\s*[.。]?$",
    re.IGNORECASE,
)
_WITH_TEXT = re.compile(r"^(?:[(\[【]\s*([A-Z])\s*[)\]】]|([A-Z])\s*[).、:,。]|([A-Z])\s)\s*(.+)$", re.DOTALL)
_WORDS_BEFORE = re.compile(
    r"^(?:正确)?答案\s*[是为]?\s*[:]?\s*|^(?:the\s+)?(?:correct\s+)?answer\s*(?:is|:)\s*", re.IGNORECASE
)
_NUMBER = re.compile(r"\d{1,2}(?:\.0+)?")
_NUMBERS = re.compile(r"\d{1,2}(?:\s*[,、;/|]\s*\d{1,2})+")
_MOST = 100
_NAMES = ("key", "label", "letter", "option", "id", "index", "text", "value", "content")


def read_gold(value: Any, options: Mapping[str, str], base: int | None = None) -> str:
    """Return the right letters, sorted, from letters, numbers, or the text of an option.

    >>> read_gold("(D)", {"A": "x", "D": "y"}), read_gold("y", {"A": "x", "D": "y"}), read_gold("D,A", {"A": "x", "D": "y"})
    ('D', 'D', 'AD')

    Args:
        base: what a number counts from; None where nobody knows.

    Raises:
        BadRow: it names no option, an empty one, one that stands there twice, or leaves open which.
    """
    found = _found(unwritten(value), options, base)
    for letter in found:
        twin = next((other for other, text in options.items() if other != letter and text == options[letter]), None)
        if twin is not None:
            both = "".join(sorted((letter, twin)))
            raise BadRow(
                Text(f"the right option stands there twice, as {both}", f"正确选项重复出现，编号为 {both}"),
                Text("the right option stands there twice", "正确选项重复出现"),
            )
    return found


def number_of(value: Any, options: Mapping[str, str]) -> int | None:
    """Return the number that a gold answer is; None where it is something else, or the text of an option.

    >>> number_of("1.0", {"A": "x", "B": "y"}), number_of("B", {"A": "x", "B": "y"}), number_of("2", {"A": "1", "B": "2"})
    (1, None, None)
    """
    if isinstance(value, list | tuple) and len(value) == 1:
        value = value[0]
    if isinstance(value, bool):
        return None
    if isinstance(value, int | float):
        return int(value) if abs(value) < _MOST and value == int(value) else None
    said = unicodedata.normalize("NFKC", value).strip() if isinstance(value, str) else ""
    return int(float(said)) if _NUMBER.fullmatch(said) and said not in options.values() else None


def _found(value: Any, options: Mapping[str, str], base: int | None) -> str:
    if isinstance(value, Mapping):
        value = next((value[name] for name in _NAMES if value.get(name) is not None), "")
    if isinstance(value, list | tuple) and value:
        return "".join(sorted({letter for item in value for letter in _found(unwritten(item), options, base)}))
    if isinstance(value, float) and math.isnan(value):
        value = "nan"
    number = number_of(value, options)
    if number is not None:
        return _counted(number, options, base)
    said = "" if value is None or isinstance(value, list | tuple) else text_of(value)
    if not said or said.casefold() in ("nan", "null", "n/a"):
        raise BadRow(Text("the answer is empty", "答案为空"))
    letters = [*options, *(letter for letter in _all(options) if letter not in options)]
    exact = [letter for letter, text in options.items() if text.casefold() == said.casefold()]
    named = _letters(said)
    # a word may be made of option letters alone: Bad, Ca, DNA
    if named and all(letter in letters for letter in named) and not (len(said) > 1 and exact):
        return _filled(named, options)
    if len(exact) > 1:
        under = "".join(exact)
        raise BadRow(Text(f"the answer {said[:40]!r} stands under {under}", f"答案 {said[:40]!r} 同时是选项 {under}"))
    if exact:
        return exact[0]
    numbers = unicodedata.normalize("NFKC", said)
    if _NUMBERS.fullmatch(numbers):
        several = {_counted(int(item), options, base) for item in re.findall(r"\d+", numbers)}
        return "".join(sorted(several))
    loose = _loosely(said, options)
    if loose:
        return _filled(loose, options)
    known = "".join(options)
    raise BadRow(
        Text(f"the answer {said[:40]!r} is none of the options {known}", f"答案 {said[:40]!r} 不在选项 {known} 中"),
        Text("the answer is none of the options", "答案不在选项中"),
    )


def _loosely(said: str, options: Mapping[str, str]) -> str:
    """Return the letters of `答案：B`, `B. 头痛`, and a text that only punctuation tells apart from an option's."""
    plain = unicodedata.normalize("NFKC", said).strip()
    letters = _all(options)
    match = _SAID.fullmatch(plain)
    if match:
        named = _only_letters(match.group(1))
        return named if all(letter in letters for letter in named) else ""
    texts = {letter: normal(text) for letter, text in options.items()}
    rest = _WORDS_BEFORE.sub("", plain)
    marked = _WITH_TEXT.match(rest)
    if marked:
        letter = marked.group(1) or marked.group(2) or marked.group(3)
        text = normal(marked.group(4))
        if letter in texts and texts[letter] and text == texts[letter]:
            return letter
        if not marked.group(3) and letter in letters and text not in texts.values():
            own = options.get(letter, "")
            raise BadRow(
                Text(
                    f"the answer {said[:40]!r} names option {letter}, which says {own[:40]!r}",
                    f"答案 {said[:40]!r} 指选项 {letter}，而该选项的内容是 {own[:40]!r}",
                ),
                Text("the answer's letter and its text do not belong together", "答案的字母与文字不一致"),
            )
    same = [letter for letter, text in texts.items() if text and text in (normal(plain), normal(rest))]
    return same[0] if len(same) == 1 else ""


def _counted(number: int, options: Mapping[str, str], base: int | None) -> str:
    """Return the letter that a number counts to; the options' own numbers say what it counts from."""
    own = options.base if isinstance(options, ChoiceOptions) else None
    base = own if own is not None else base
    if base is None:
        raise BadRow(
            Text(
                f"the answer is the number {number}: whether it counts from 0 or from 1 is not said",
                f"答案是数字 {number}：没有说明从 0 还是从 1 开始数",
            ),
            Text("the answer is a number", "答案是数字"),
        )
    letters = _all(options)
    place = number - base
    if not 0 <= place < len(letters):
        raise BadRow(
            Text(
                f"the answer is option number {number}, counted from {base}; there are {len(letters)}",
                f"答案是第 {number} 个选项（从 {base} 开始数），而选项只有 {len(letters)} 个",
            ),
            Text("the answer's number is that of no option", "答案的序号超出选项范围"),
        )
    return _filled(letters[place], options)


def _filled(letters: str, options: Mapping[str, str]) -> str:
    """Return the letters. Raises BadRow where one is that of an empty option."""
    empty = next((letter for letter in letters if letter not in options), None)
    if empty is not None:
        raise BadRow(
            Text(f"the answer is option {empty}, which is empty", f"答案是选项 {empty}，而该选项为空"),
            Text("the answer is an empty option", "答案是空选项"),
        )
    return letters


def _all(options: Mapping[str, str]) -> Sequence[str]:
    return options.letters if isinstance(options, ChoiceOptions) else list(options)


def _letters(said: str) -> str:
    """Return the letters that a text consists of, sorted; empty where it is a word, or more than letters."""
    match = _LETTERS.match(unicodedata.normalize("NFKC", said).strip())
    return _only_letters(match.group(1)) if match else ""


def _only_letters(written: str) -> str:
    letters = re.findall(r"[A-Za-z]", re.sub(r"(?<![A-Za-z])and(?![A-Za-z])", " ", written))
    one_case = "".join(letters).isupper() or "".join(letters).islower()
    return "".join(sorted({letter.upper() for letter in letters})) if one_case else ""
