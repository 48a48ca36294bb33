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
        "Textbooks and guidelines in; a knowledge base out, searched by meaning and by words, "
        "whose passages stand beside the answers that used them.",
        "放入教材和指南，得到按语义和关键词检索的知识库；回答用到哪段，就附上哪段。",
    ),
    _offered,
    uploads="sources",
)


def build(place: Place) -> None:
    """Make the tab."""
    build_station(place, STATION)


TAB = Tab(40, Text("Knowledge", "知识库"), build)
