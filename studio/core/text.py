"""A sentence in the studio's two languages, kept side by side where it is written."""

from __future__ import annotations

import os
from collections.abc import Mapping
from typing import Literal, NamedTuple

Language = Literal["zh", "en"]
LANGUAGES: tuple[Language, ...] = ("zh", "en")


class Text(NamedTuple):
    """One message in English and in Chinese."""

    en: str
    zh: str

    def to(self, language: Language) -> str:
        """Return the wording for a language."""
        return self.zh if language == "zh" else self.en

    def dump(self) -> dict[str, str]:
        """Return the JSON form, as events and results hold it."""
        return {"en": self.en, "zh": self.zh}

    @classmethod
    def load(cls, value: object) -> Text:
        """Read the JSON form back; a bare string stands for both languages."""
        if isinstance(value, Mapping):
            en = str(value.get("en", ""))
            return cls(en, str(value.get("zh", en)))
        return cls(str(value), str(value))


def both(text: str) -> Text:
    """Return a text that reads the same in both languages (a path, a name, a figure)."""
    return Text(text, text)


def shortened(text: str, most: int = 100) -> str:
    """Return the beginning of a text on one line of at most `most` characters.

    >>> shortened("one\\n two three", 10)
    'one two t…'
    """
    line = " ".join(text[: 4 * most].split())
    return line if len(line) <= most else f"{line[: most - 1]}…"


def counted(count: int, noun: str, verbs: str = "") -> str:
    """Return a number with its English noun, `row`, and a verb behind it, `was/were`; Chinese has one form.

    >>> counted(1, "row", "was/were"), counted(1234, "row", "was/were"), counted(2, "folder")
    ('1 row was', '1,234 rows were', '2 folders')
    """
    one, _, several = verbs.partition("/")
    said = f"{count:,} {noun}{'' if count == 1 else 's'}"
    return f"{said} {one if count == 1 else several}" if verbs else said


def shell_language(environ: Mapping[str, str] = os.environ) -> Language:
    """Return the language for a terminal: STUDIO_LANG first, then the locale, else English."""
    wanted = environ.get("STUDIO_LANG") or environ.get("LC_ALL") or environ.get("LANG") or ""
    return "zh" if wanted.lower().startswith("zh") else "en"
