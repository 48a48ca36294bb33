"""Which script a text is written in."""

from __future__ import annotations

import unicodedata

HAN = "\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\U00020000-\U0003ffff〇"  # for a regular expression's character class


def han_share(text: str) -> float:
    """Return the share of a text's letters that are Chinese characters, in [0, 1]; 0 for a text without letters."""
    letters = [char for char in text if char.isalpha()]
    return sum(_han(char) for char in letters) / len(letters) if letters else 0.0


def _han(char: str) -> bool:
    return unicodedata.name(char, "").startswith("CJK ")
