"""E-mail addresses, as they are written and as they are hidden from robots: `a (at) b.cn`."""

from __future__ import annotations

import random
import re
from collections.abc import Iterator

from studio.core.text import Text
from studio.data.identifiers._others import digits_of, with_last_digits
from studio.data.identifiers.base import Identifier

_AT = r"\x20{0,2}(?:@|[\[(]\x20?at\x20?[\])])\x20{0,2}"
_DOT = r"\x20?\.\x20?"
_ADDRESS = re.compile(
    rf"(?<![A-Za-z0-9._%+-])[A-Za-z0-9][A-Za-z0-9._%+-]{{0,63}}{_AT}(?:[A-Za-z0-9-]{{1,63}}{_DOT}){{1,4}}[A-Za-z]{{2,12}}(?![A-Za-z0-9-])",
    re.ASCII,
)


def _find(text: str) -> Iterator[tuple[int, int]]:
    if "@" in text or "at)" in text or "at]" in text or "at )" in text or "at ]" in text:
        for match in _ADDRESS.finditer(text):
            yield match.span()


def _other(value: str, rng: random.Random) -> str | None:
    return with_last_digits(value, len(digits_of(value)), rng)


IDENTIFIER = Identifier(
    Text("e-mail address", "电子邮箱"),
    Text("e-mail", "邮箱"),
    _find,
    finds=(
        ("请发到zhang.san@hospital.com.cn，谢谢", "zhang.san@hospital.com.cn"),
        ("邮箱：a@b.cn。", "a@b.cn"),
        ("write to j_smith (at) example.org", "j_smith (at) example.org"),
    ),
    passes=("每日2次@饭后", "5 mg @ 8.30 am", "IC50 (at) 37.5 C"),
    other=_other,
    columns=("email", "e_mail", "email_address", "邮箱", "电子邮箱"),
    order=10,
)
