"""知识库 Knowledge: texts to passages that are searched and cited."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from studio.core.text import Text
from studio.models import names
from studio.ui.context import Context
from studio.ui.place import Place
from studio.ui.station import Station
from studio.ui.station import build as build_station
from studio.ui.tabs._tab import Tab


def _offered(context: Context) -> Mapping[str, Any]:
    here = names.embedder_names(context.workspace)[:1]
    return {"name": "my-knowledge", **({"embedder": here[0]} if here else {})}


STATION = Station(
    "knowledge",
    Text(
        "Upload textbooks and guidelines. They become a knowledge base that is searched by meaning and by words; "
        "answers come with the passages that were retrieved.",
        "上传教材和指南，建成可按语义和关键词检索的知识库；回答会附上检索到的段落。",
    ),
    _offered,
    uploads="sources",
)


def build(place: Place) -> None:
    """Make the tab."""
    build_station(place, STATION)


TAB = Tab(40, Text("Knowledge", "知识库"), build)
