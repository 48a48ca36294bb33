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
        "Upload raw question files. They are checked, de-duplicated and split into train, validation and test sets, "
        "with a data card. Unreadable rows are listed with the reason.",
        "上传原始题目文件，系统会校验、去重并划分为训练、验证、测试集，附数据卡片。无法读取的行都会列出原因。",
    ),
    _offered,
    uploads="sources",
)


def build(place: Place) -> None:
    """Make the tab."""
    build_station(place, STATION)


TAB = Tab(20, Text("Data", "数据"), build)
