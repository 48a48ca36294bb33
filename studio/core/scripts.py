"""Which script and which language a text is written in, and its words."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable

from studio.core.text import Language, Text

HAN = "\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\U00020000-\U0003ffff〇"  # for a regular expression's character class
_HAN = re.compile(f"[{HAN}]")
_LETTER = re.compile(r"[^\W\d_]")
_WORD = re.compile(rf"[{HAN}]|[^\W_{HAN}]+")
_KANA = re.compile("[\u3041-\u30ff]")
_ENGLISH = frozenset(
    [
        "the",
        "of",
        "and",
        "to",
        "in",
        "is",
        "for",
        "which",
        "what",
        "with",
        "that",
        "are",
        "by",
        "on",
        "be",
        "an",
        "at",
        "from",
        "has",
        "how",
        "was",
        "most",
        "who",
        "does",
        "as",
        "or",
        "not",
    ]
)
_SURE = 0.8
_LEAST_WORDS = 10

NAMES: dict[Language, Text] = {"zh": Text("Chinese", "中文"), "en": Text("English", "英文")}
"""What the languages are called."""


def han_share(text: str) -> float:
    """Return the share of a text's letters that are Chinese characters, in [0, 1]; 0 for a text without letters."""
    letters = len(_LETTER.findall(text))
    return len(_HAN.findall(text)) / letters if letters else 0.0


def words(text: str) -> list[str]:
    """Return a text's words: Chinese characters one by one, so that a Latin name among them has its edges.

    >>> words("肝素用protamine拮抗")
    ['肝', '素', '用', 'protamine', '拮', '抗']
    """
    return _WORD.findall(text)


def language_of(texts: Iterable[str]) -> Language | None:
    """Return the language that nearly all of some texts are in; None where they are mixed, few, or in another one.

    A Chinese character counts as a word, so that the names of drugs in Latin letters do not outweigh the sentence.

    >>> language_of(["ACEI 类药物（如 captopril）的主要禁忌证是什么？"]), language_of(["What is the antidote of the drug that is 肝素?"])
    ('zh', 'en')
    >>> language_of(["What is the antidote to heparin, and how is it given?", "肝素过量时首选的拮抗药物是什么？"]) is None
    True
    """
    counted: Counter[Language | None] = Counter()
    for text in texts:
        found = words(text)
        counted[_language(text, found)] += len(found)
    total = counted.total()
    return next((name for name in NAMES if total >= _LEAST_WORDS and counted[name] >= _SURE * total), None)


def _language(text: str, found: list[str]) -> Language | None:
    han = sum(map(bool, map(_HAN.match, found)))
    if found and han >= len(found) / 2:
        return None if len(_KANA.findall(text)) > han / 10 else "zh"
    latin = [word for word in found if word.isascii() and word.isalpha()]
    function_words = sum(word.casefold() in _ENGLISH for word in latin)
    # a short stem may hold none of them; other languages in Latin letters hold few, and letters of their own
    return "en" if len(latin) >= 0.7 * len(found) and function_words >= max(1, len(latin) // 12) else None
