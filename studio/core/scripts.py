"""Which script a text is written in, and its words."""

from __future__ import annotations

import re

HAN = "\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\U00020000-\U0003ffff〇"  # for a regular expression's character class
_HAN = re.compile(f"[{HAN}]")
_LETTER = re.compile(r"[^\W\d_]")
_WORD = re.compile(rf"[{HAN}]|[^\W_{HAN}]+")


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
