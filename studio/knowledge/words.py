"""A text's words for BM25, the same for a passage and for a query.

NFKC first, then lower case and accents off. Chinese is cut by jieba as for search, with medical words added (jieba
alone breaks 二甲双胍 into 二甲/双/胍) and the shorter words inside a longer one beside it; other scripts by letters and
digits, English plurals made singular (the S-stemmer of Harman, "How effective is suffixing?", 1991: stem further and
`organization` meets `organ`). Words that only hold a sentence or a question together are left out: in a small base
they would decide the ranking.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from studio.core.scripts import HAN

_PARTS = re.compile(rf"[{HAN}]+|\d+(?:\.\d+)+|[^\W_{HAN}]+")
_WRAPPED = re.compile(rf"(?<=[{HAN}])[ \t\u3000]*\n[ \t\u3000]*(?=[{HAN}])")
_HAN_START = re.compile(rf"[{HAN}]")
_MEDICAL = Path(__file__).with_name("medical_words.txt")
_STOP = Path(__file__).with_name("stop_words.txt")
# The article goes by its place, not as a stop word: hepatitis A and 维生素A keep their letter.
_ARTICLE = re.compile(r"(?<![^\W_])a(?![^\W_])|(?:^|(?<=[.!?\n]))\s*A\s+(?=[a-z])")


class Words:
    """Cuts texts into words. Holds a jieba dictionary of its own; safe to share between threads."""

    def __init__(self) -> None:
        import jieba

        jieba_words: Any = jieba.Tokenizer()
        # Filled by hand: jieba would announce itself in the log and unmarshal a cache anybody may have put in /tmp.
        jieba_words.FREQ, jieba_words.total = jieba_words.gen_pfdict(jieba_words.get_dict_file())
        jieba_words.initialized = True
        for word in _MEDICAL.read_text(encoding="utf-8").split():
            jieba_words.add_word(word)
        self._jieba = jieba_words
        self._stop = frozenset(_STOP.read_text(encoding="utf-8").split())

    def __call__(self, text: str) -> list[str]:
        """Return a text's words in order, stop words left out.

        `"维生素B12缺乏"` gives `维生 / 维生素 / b12 / 缺乏`.
        """
        return [word for word in self._all(text) if word not in self._stop]

    def _all(self, text: str) -> Iterator[str]:
        plain = _WRAPPED.sub("", unicodedata.normalize("NFKC", text))
        for part in _PARTS.findall(_without_accents(_ARTICLE.sub(" ", plain).lower())):
            if _HAN_START.match(part):
                for word in self._jieba.cut(part):
                    yield from self._inside(word)
                    yield word
            else:
                yield _singular(part)

    def _inside(self, word: str) -> Iterator[str]:
        """Yield the dictionary's words inside a longer one; jieba's own search mode stops at three characters."""
        for size in range(2, len(word)):
            for begin in range(len(word) - size + 1):
                if self._jieba.FREQ.get(word[begin : begin + size]):
                    yield word[begin : begin + size]


def _without_accents(text: str) -> str:
    if text.isascii():
        return text
    return "".join(char for char in unicodedata.normalize("NFD", text) if not unicodedata.combining(char))


def _singular(word: str) -> str:
    """Return an English word without its plural ending."""
    if len(word) < 4 or not word.isascii() or not word.endswith("s"):
        return word
    if word.endswith("ies") and word[-4] not in "ae":
        return word[:-3] + "y"
    return word if word.endswith(("ss", "us", "is")) else word[:-1]
