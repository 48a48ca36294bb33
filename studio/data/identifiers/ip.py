"""Addresses of a person's machine in the internet (IPv4 and IPv6), and none of a version, a section or an enzyme."""

from __future__ import annotations

import re
from collections.abc import Iterator
from ipaddress import ip_address

from studio.core.text import Text
from studio.data.identifiers.base import Identifier

_FOUR = re.compile(r"(?<![0-9A-Za-z.])(?<![0-9][/-])[0-9]{1,3}(?:\.[0-9]{1,3}){3}(?![0-9A-Za-z]|\.[0-9])")
_SIX = re.compile(r"(?<![0-9A-Fa-f:.])(?:[0-9A-Fa-f]{1,4}:){2,7}(?::?[0-9A-Fa-f]{1,4}){1,7}(?![0-9A-Fa-f:])")
_DOTS = re.compile(r"\.[0-9]{1,3}\.[0-9]{1,3}\.[0-9]")
_COLONS = re.compile(":[0-9A-Fa-f]{1,4}:")
_LABEL = re.compile(
    r"(?<![A-Za-z])[Ii][Pp](?:[vV][46])?(?![A-Za-z])\s?(?:地址|[Aa]ddress)?\s?(?:[:：=]|为|是|is|was)?\s?\Z"
)
_OTHER = re.compile(
    r"(?:\bEC|\b[Vv]|[Vv]er\.?|[Vv]ersions?|[Rr]elease|[Ss]ection|[Cc]hapter|[Tt]able|OID|UID|§|版本号?|版|软件|章|节|表|第)[\s:：为]{0,3}\Z"
)
_LEAD = 24  # characters in front of it
_FEWEST = 8  # digits of one that nothing else tells: 10.2.0.1 may be a version


def _find(text: str) -> Iterator[tuple[int, int]]:
    if _DOTS.search(text):
        for match in _FOUR.finditer(text):
            if _is_address(match[0]) and _is_told(text, match.start(), match[0]):
                yield match.span()
    if _COLONS.search(text):
        for match in _SIX.finditer(text):
            if _is_address(match[0]) and any(sign.isalpha() for sign in match[0]):  # 1:2:4:8:16:32:64:128 are titres
                yield match.span()


def _is_told(text: str, start: int, found: str) -> bool:
    lead = text[max(0, start - _LEAD) : start]
    if _LABEL.search(lead):
        return True
    first = int(found.partition(".")[0])
    return 10 <= first < 240 and len(found) - 3 >= _FEWEST and not _OTHER.search(lead)


def _is_address(found: str) -> bool:
    try:
        ip_address(found)
    except ValueError:
        return False
    return True


IDENTIFIER = Identifier(
    Text("IP address", "IP 地址"),
    Text("IP address", "IP 地址"),
    _find,
    finds=(
        ("从 113.87.160.22 登录问诊平台", "113.87.160.22"),
        ("IP：10.0.0.7，处方已开", "10.0.0.7"),
        ("Logged in from 203.0.113.195.", "203.0.113.195"),
        ("client 2001:db8:85a3:0:0:8a2e:370:7334 asked", "2001:db8:85a3:0:0:8a2e:370:7334"),
    ),
    passes=(
        "胰凝乳蛋白酶（EC 3.4.21.1）",
        "版本号 12.10.104.33",
        "SNOMED 1.2.840.10008.6.1.19",
        "Section 10.12.104.2 of the guideline",
        "滴度 1:2:4:8:16:32:64:128",
        "于08:30:15采血",
        "IP关节（2.3.1.4分区）",
    ),
    columns=("ip", "ip_address", "client_ip", "IP地址"),
    order=47,
)
