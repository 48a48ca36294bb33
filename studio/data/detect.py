"""Which layout a file's rows have."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from itertools import islice
from typing import Any

from studio.core.errors import InputError
from studio.core.text import Text, both
from studio.data.layouts import LAYOUTS
from studio.data.layouts.base import Layout
from studio.data.raw import RawRow

_LOOKED_AT = 50
_FIELDS = 12


def detect(raw: Sequence[RawRow], where: str) -> str:
    """Return the name of the layout that most of the first rows look like.

    Args:
        raw: a file's rows, at least one.
        where: the file as messages name it.

    Raises:
        InputError: no row can be read, or no layout fits one.
    """
    rows = readable(raw, where)
    layouts = dict(sorted(LAYOUTS.all().items(), key=lambda item: item[1].order))
    votes = Counter(next((name for name in layouts if layouts[name].matches(row)), "") for row in rows)
    votes.pop("", None)
    if not votes:
        fields = list(dict.fromkeys(key for row in rows[:3] for key in row))[:_FIELDS]
        raise InputError(
            Text(
                f"No known layout: the fields are {', '.join(fields) or '-'}.",
                f"认不出这个文件的格式：字段为 {'、'.join(fields) or '-'}。",
            ),
            _accepted(layouts),
            where,
        )
    return votes.most_common(1)[0][0]


def readable(raw: Sequence[RawRow], where: str) -> list[dict[str, Any]]:
    """Return the first rows that can be read, at least one.

    Raises:
        InputError: there is none; gives the first one's reason.
    """
    rows = list(islice((row.values for row in raw if row.fault is None), _LOOKED_AT))
    if not rows:
        reason = raw[0].fault or both("")
        raise InputError(
            Text(
                f"none of {len(raw)} rows can be read; the first: {reason.en}",
                f"{len(raw)} 行中没有一行能读取；第一行的原因：{reason.zh}",
            ),
            Text(
                "A row is an object with fields; plain texts belong into a knowledge base.",
                "每一行应是带字段的对象；纯文本请放进知识库。",
            ),
            f"{where} line {raw[0].line}",
        )
    return rows


def _accepted(layouts: dict[str, Layout]) -> Text:
    """Return the layouts there are, each with the fields of its example."""
    en = [f"{layout.title.en} has {', '.join(layout.example)}" for layout in layouts.values()]
    zh = [f"{layout.title.zh}的字段有 {'、'.join(layout.example)}" for layout in layouts.values()]
    return Text(
        f"Accepted layouts: {', '.join(layouts)}. {'; '.join(en)}.",
        f"可用的格式：{'、'.join(layouts)}。{'；'.join(zh)}。",
    )
