"""Models as recipes name them: trained ones by their runs, and what lies under `models/`."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

from studio.core.modelcard import ADAPTER_CONFIG, fetched, find_model_folder, is_embedder
from studio.core.sort import Shelf, Sort
from studio.core.text import Text
from studio.core.workspace import Workspace


def _lying(workspace: Workspace, embeds: bool) -> list[str]:
    return [folder.name for folder in fetched(workspace) if is_embedder(folder) == embeds]


def _absent(comes_along: str) -> Callable[[str], Text]:
    """Return what tells how to bring a model; one that comes along is fetched by its name."""

    def words(given: str) -> Text:
        id = given if "/" in given or given == comes_along else "OWNER/NAME"
        return Text(
            f"Fetch a model on Home, or with `python -m studio models fetch {id}`, or give a model folder's path.",
            f"请在首页获取模型，或运行 `python -m studio models fetch {id}`，也可填写模型文件夹的路径。",
        )

    return words


MODEL = Sort(
    "model",
    Text("model", "模型"),
    ("config.json", ADAPTER_CONFIG),
    Shelf(partial(_lying, embeds=False), find_model_folder, _absent("smollm2-135m-instruct")),
)
EMBEDDER = Sort(
    "embedder",
    Text("embedding model", "向量模型"),
    ("config.json",),
    Shelf(partial(_lying, embeds=True), find_model_folder, _absent("all-minilm-l6-v2")),
)
