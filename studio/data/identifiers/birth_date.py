"""Dates of birth: a whole date, or a year with a month, that a label says somebody was born on."""

from __future__ import annotations

import re
from collections.abc import Iterator

from studio.core.text import Text
from studio.data.identifiers._labels import spaced
from studio.data.identifiers.base import Identifier

_YEAR, _MONTH, _DAY = "(?:18|19|20)[0-9]{2}", "(?:1[0-2]|0?[1-9])", "(?:3[01]|[12][0-9]|0?[1-9])"
_NAMES = "(?:Jan|Feb|Mar|Apr|May|Jun|Jul|Aug|Sep|Oct|Nov|Dec)[a-z]{0,6}"
_DATE = (
    rf"(?:{_YEAR}\x20?年\x20?{_MONTH}\x20?月(?:\x20?{_DAY}\x20?[日号]?)?|{_YEAR}\x20?[-/.]\x20?{_MONTH}(?:\x20?[-/.]\x20?{_DAY})?(?![0-9])|"
    rf"{_YEAR}(?:1[0-2]|0[1-9])(?:3[01]|[12][0-9]|0[1-9])(?![0-9])|{_DAY}[-/.]{_DAY}[-/.](?:{_YEAR}|[0-9]{{2}})(?![0-9])|"
    rf"{_NAMES}\.?\x20{_DAY}(?:st|nd|rd|th)?,?\x20{_YEAR}|{_DAY}(?:st|nd|rd|th)?\x20{_NAMES}\.?,?\x20{_YEAR})"
)
_LABELLED = re.compile(
    rf"(?:{spaced('出生日期', '出生年月日', '出生年月', '出生时间', '出生', '生日')}|生于|\bD\.?O\.?B\b\.?|\b[Dd]ate [Oo]f [Bb]irth|\b[Bb]irth ?date|\b[Bb]irthday|\b[Bb]orn)"
    rf"(?:\s{{0,3}}[:：=]|为|是|于|在|\x20(?:is|was|on|in))?\s{{0,3}}(?:公历|阳历|农历)?({_DATE})"
)
_AFTER = re.compile(
    rf"(?<![0-9])({_YEAR}\x20?年\x20?{_MONTH}\x20?月\x20?{_DAY}\x20?[日号]?|{_YEAR}\x20?(?P<dash>[-/.])\x20?{_MONTH}\x20?(?P=dash)\x20?{_DAY}(?![0-9]))"
    r"\s?(?:出生|生(?![产长活病化效存理气成物命殖育前后]))"
)
_YEARS = re.compile("[0-9](?:[0-9]{3}|[-/.][0-9]{2})")  # a digit first by itself: a fifth of the time


def _find(text: str) -> Iterator[tuple[int, int]]:
    if not _YEARS.search(text):
        return
    if "生" in text:
        for match in _AFTER.finditer(text):
            yield match.span(1)
    elif not ("irth" in text or "orn" in text or "OB" in text or "O.B" in text):
        return
    for match in _LABELLED.finditer(text):
        yield match.span(1)


IDENTIFIER = Identifier(
    Text("date of birth", "出生日期"),
    Text("date of birth", "出生日期"),
    _find,
    finds=(
        ("出生日期：1990-03-07，女", "1990-03-07"),
        ("患者1990年3月7日出生", "1990年3月7日"),
        ("出 生 年 月：1962年11月", "1962年11月"),
        ("DOB 03/07/1990", "03/07/1990"),
        ("She was born on March 7, 1990.", "March 7, 1990"),
    ),
    passes=(
        "出生体重3200g，出生后10天",
        "2020年3月7日发病",
        "于2020年3月7日生产一男婴",
        "born in 1990",
        "出生率为12.5‰",
    ),
    columns=("dob", "birth_date", "birthdate", "date_of_birth", "birthday", "出生日期", "出生年月", "生日"),
    order=60,
)
