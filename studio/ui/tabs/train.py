"""训练 Train: a model learns from a dataset."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from studio.core.text import Text
from studio.kinds.train import TrainRecipe
from studio.models import names
from studio.ui.context import Context
from studio.ui.place import Place
from studio.ui.station import Station
from studio.ui.station import build as build_station
from studio.ui.tabs._tab import Tab


def _offered(context: Context) -> Mapping[str, Any]:
    """Offer the newest dataset, and a model that is here where the default one is not."""
    here = names.model_names(context.workspace)
    usual = TrainRecipe.model_fields["model"].default
    newest = names.dataset_names(context.workspace)[:1]
    return {
        "name": "my-model",
        **({"model": here[-1]} if here and usual not in here else {}),
        **({"dataset": newest[0]} if newest else {}),
    }


STATION = Station(
    "train",
    Text(
        "Fine-tune a base model on a dataset; the result can be talked to, evaluated and served. "
        "Training goes on when this page is closed.",
        "选择基础模型和数据集进行微调，得到可用于对话、评测和部署的模型。关闭网页后训练仍会继续。",
    ),
    _offered,
)


def build(place: Place) -> None:
    """Make the tab."""
    build_station(place, STATION)


TAB = Tab(30, Text("Train", "训练"), build)
