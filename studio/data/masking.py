"""Personal identifiers in a text: where they stand, and the text without them."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Any, NamedTuple

from studio.core.plugins import remembered
from studio.core.text import Language
from studio.data.identifiers import IDENTIFIERS
from studio.data.identifiers.base import Identifier
from studio.data.roles import folded as folded_column

_PLAIN = {
    **{0xFF10 + digit: str(digit) for digit in range(10)},
    **{0xFF21 + letter: chr(ord("A") + letter) for letter in range(26)},
    **{0xFF41 + letter: chr(ord("a") + letter) for letter in range(26)},
    **{ord(wide): plain for wide, plain in zip("＠．＿＋－‐‑‒–—―−﹣（）", "@._+---------()", strict=True)},
    **dict.fromkeys(map(ord, "\u3000\u00a0\u2002\u2003\u2009\u200a\u200b\u200c\u200d\u2060\ufeff\u00ad\t"), " "),
}
_WIDE = re.compile(f"[{re.escape(''.join(map(chr, _PLAIN)))}]")
_HAN = re.compile("[\u4e00-\u9fff]")

_AROUND = 30  # characters in front of the first identifier that is shown
_SHOWN = 120


class Span(NamedTuple):
    """A personal identifier in a text: its kind, and where it begins and ends."""

    kind: str
    start: int
    end: int


@remembered  # asked with every text
def kinds() -> dict[str, Identifier]:
    """Return the kinds of identifier that are looked for, in the order in which they claim a piece of text."""
    return dict(sorted(IDENTIFIERS.all().items(), key=lambda item: item[1].order))


def find(text: str) -> list[Span]:
    """Return the personal identifiers of a text, in reading order; none overlaps another.

    >>> find("电话１３８００１３８０００")
    [Span(kind='phone', start=2, end=13)]
    """
    plain = folded(text)
    spans: list[Span] = []
    for name, kind in kinds().items():
        for start, end in kind.find(plain):
            if all(end <= span.start or span.end <= start for span in spans):
                spans.append(Span(name, start, end))
    return sorted(spans, key=lambda span: span.start)


def masked(text: str) -> str:
    """Return a text with what stands for it in the place of each identifier; masking twice changes nothing more.

    >>> masked("电话13800138000"), masked("Mail a@b.cn")
    ('电话[电话号码]', 'Mail [e-mail]')
    """
    spans = find(text)
    if not spans:
        return text
    language: Language = "zh" if _HAN.search(text) else "en"
    pieces, done = [], 0
    for span in spans:
        pieces += [text[done : span.start], f"[{kinds()[span.kind].placeholder.to(language)}]"]
        done = span.end
    return "".join([*pieces, text[done:]])


@remembered
def _of_columns() -> dict[str, Identifier]:
    return {folded_column(name): kind for kind in kinds().values() for name in kind.columns}


def kind_of_column(column: str) -> Identifier | None:
    """Return the kind that every value of a column is by the column's name; None where the name says no such thing.

    >>> kind_of_column("Patient_ID").title.en, kind_of_column("age")
    ('hospital number', None)
    """
    return _of_columns().get(folded_column(column))


def without_identifiers(value: Any) -> Any:
    """Return a raw value, as JSON holds them, with every text and number in it masked, and what its column says is one.

    >>> without_identifiers({"住院号": 20807, "age": 40, "ask": ["Mail a@b.cn", 3]})
    {'住院号': '[就诊编号]', 'age': 40, 'ask': ['Mail [e-mail]', 3]}
    """
    if isinstance(value, dict):
        return {key: _in_column(str(key), item) for key, item in value.items()}
    if isinstance(value, list):
        return [without_identifiers(item) for item in value]
    if isinstance(value, str):
        return masked(value)
    if isinstance(value, int) and find(str(value)):
        return masked(str(value))
    return value


def _in_column(column: str, value: Any) -> Any:
    kind = kind_of_column(column) if isinstance(value, str | int) and value not in ("", True, False) else None
    if kind is None:
        return without_identifiers(value)
    return f"[{kind.placeholder.to('zh' if _HAN.search(column) else 'en')}]"


def hidden(text: str, spans: Sequence[Span]) -> str:
    """Return the piece of a text around its first identifiers, with no more of each than its first sign and its form.

    >>> hidden("电话13800138000。", find("电话13800138000。"))
    '电话1••••••••••。'
    """
    signs = list(text)
    for span in spans:
        for place in range(span.start + 1, span.end):
            if signs[place].isalnum():
                signs[place] = "•"
    return _piece("".join(signs), spans)


def around(text: str, spans: Sequence[Span]) -> str:
    """Return the same piece as `hidden`, masked.

    >>> around("电话13800138000。", find("电话13800138000。"))
    '电话[电话号码]。'
    """
    start = max(0, spans[0].start - _AROUND)
    begun = masked(text)[start : start + _SHOWN]  # nothing in front of the first identifier is changed
    return " ".join(f"{'…' if start else ''}{begun}".split())


def _piece(text: str, spans: Sequence[Span]) -> str:
    start = max(0, spans[0].start - _AROUND)
    more = "…" if len(text) > start + _SHOWN else ""
    return " ".join(f"{'…' if start else ''}{text[start : start + _SHOWN]}{more}".split())


def folded(text: str) -> str:
    """Return a text with full-width digits, letters, dashes and blanks as plain ones, a character for a character.

    >>> folded("Ａ－１２　＠")
    'A-12 @'
    """
    return text if text.isascii() or not _WIDE.search(text) else text.translate(_PLAIN)
