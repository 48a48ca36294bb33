"""Accounts under which a person is met on the web: WeChat and QQ; a label tells them."""

from __future__ import annotations

import re
from collections.abc import Iterator

from studio.core.text import Text
from studio.data.checks.base import holds
from studio.data.identifiers._others import with_latter_half
from studio.data.identifiers.base import Identifier

_LINK = r"(?:号码|号|群)?[吧哦呢]?\s{0,2}(?:[:：=]|为|是)?\s{0,2}"
_QQ = re.compile(rf"(?<![A-Za-z])(?:[Qq]{{2}}|扣扣|企鹅号){_LINK}([1-9][0-9]{{4,11}})(?![0-9])")
_WECHAT = re.compile(
    rf"(?:微信|薇信|威信|(?<![A-Za-z])(?:[Ww]e[Cc]hat|[Vv][Xx]|[Ww][Xx])(?![A-Za-z])){_LINK}(?:ID\s?)?([A-Za-z][A-Za-z0-9_-]{{5,19}}|[0-9]{{6,12}})(?![A-Za-z0-9_-])"
)
_SHORT = re.compile("[VvWw][Xx]")
_TELLING = re.compile("[0-9_]")


def _find(text: str) -> Iterator[tuple[int, int]]:
    if holds(text, ("QQ", "qq", "Qq", "qQ", "扣扣", "企鹅号")):
        for match in _QQ.finditer(text):
            yield match.span(1)
    if "信" in text or "hat" in text or _SHORT.search(text):
        for match in _WECHAT.finditer(text):
            if _TELLING.search(match[1]):  # a word after it is none
                yield match.span(1)


IDENTIFIER = Identifier(
    Text("WeChat or QQ account", "微信或 QQ 号"),
    Text("account", "社交账号"),
    _find,
    finds=(
        ("有事加QQ：123456789", "123456789"),
        ("微信号zhang_san88，可以咨询", "zhang_san88"),
        ("加我微信哦 dr_lee2020", "dr_lee2020"),
    ),
    passes=("请用微信扫码关注", "每日QQ弹弹10克", "微信 applet", "Vx 基因"),
    other=with_latter_half,
    columns=("wechat", "qq", "微信", "微信号", "QQ号"),
    order=45,
)
