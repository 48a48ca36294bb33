"""数据 Data: raw files to a dataset."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from studio.core.text import Text
from studio.ui.context import Context
from studio.ui.place import Place
from studio.ui.station import Station
from studio.ui.station import build as build_station
from studio.ui.tabs._tab import Tab


def _offered(context: Context) -> Mapping[str, Any]:
    return {"name": "my-dataset"}


STATION = Station(
    "dataset",
    Text(
        "Raw question files in; checked, de-duplicated rows out, split into train, val and test, with a card. "
        "Rows that cannot be read are counted with their reasons, never dropped in silence.",
        "放入原始题目文件，得到校验、去重并划分为 train、val、test 的数据集和数据卡片。读不了的行会连同原因一起计数，不会悄悄丢掉。",
    ),
    _offered,
    uploads="sources",
)


def build(place: Place) -> None:
    """Make the tab."""
    build_station(place, STATION)


TAB = Tab(20, Text("Data", "数据"), build)
