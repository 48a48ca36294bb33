"""评测 Evaluate: the same questions to every model, compared."""

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
    """Offer a base model beside the newest fine-tuned one, on the newest dataset, with the newest knowledge base."""
    workspace = context.workspace
    trained = names.run_names(workspace, "train")
    base = [name for name in names.model_names(workspace) if name not in trained]
    knowledge = names.knowledge_names(workspace)[:1]
    dataset = names.dataset_names(workspace)[:1]
    return {
        "name": "my-report",
        "models": [*base[:1], *trained[:1]],
        "ways": ["direct", "api", *(["rag"] if knowledge else [])],
        **({"dataset": dataset[0]} if dataset else {}),
        **({"knowledge": knowledge[0]} if knowledge else {}),
    }


STATION = Station(
    "evaluate",
    Text(
        "The same questions go to every model; confidence intervals and paired tests tell real differences from chance.",
        "用同样的题目评测各个模型，并给出置信区间和配对检验，区分真实差异与随机波动。",
    ),
    _offered,
)


def build(place: Place) -> None:
    """Make the tab."""
    build_station(place, STATION)


TAB = Tab(50, Text("Evaluate", "评测"), build)
