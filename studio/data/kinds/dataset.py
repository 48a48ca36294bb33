"""`kind: dataset`: raw question-answering files become validated, split rows and a data card."""

from __future__ import annotations

from collections.abc import Mapping
from functools import partial
from pathlib import Path
from typing import Any

from studio.core.errors import Fault
from studio.core.sort import Sort
from studio.core.text import Text
from studio.core.workspace import Workspace
from studio.data.dataset_folder import SPLITS
from studio.data.preview import SUFFIXES, preview, require_readable
from studio.data.recipe import DatasetRecipe, SourceFile
from studio.runs.job import Job, Outcome
from studio.runs.kind import Introduction, Kind, Measures, Product, Tile, Uploads
from studio.runs.references import Resolved

DATASET = Sort("dataset", Text("dataset", "数据集"), tuple(f"{split}.jsonl" for split in SPLITS))


def run(recipe: DatasetRecipe, job: Job) -> Outcome:
    """Convert, validate, de-duplicate and split; writes `dataset/`."""
    from studio.data.build import build

    files = [job.locate(f"sources.{index}.file") for index in range(len(recipe.sources))]
    metrics = build(recipe, files, job.path / "dataset", job)
    return Outcome({"dataset": "dataset", "card": "dataset/card.md"}, metrics)


def check(recipe: DatasetRecipe, resolved: Resolved) -> list[Fault]:
    """Return a fault for each file that no rows can be read from."""
    return [
        fault
        for number, source in enumerate(recipe.sources)
        for fault in resolved.check(f"sources.{number}.file", partial(require_readable, layout=source.layout))
    ]


def _offered(workspace: Workspace) -> Mapping[str, Any]:
    return {"name": "my-dataset"}


def _preview(path: Path, source: SourceFile | None) -> Text:
    return preview(path, source.layout if source else "auto")


KIND = Kind(
    DatasetRecipe,
    run,
    Text("Dataset", "数据集"),
    heavy=False,
    check=check,
    makes=(Product(DATASET, "dataset"),),
    measures=Measures(
        metrics={
            "rows": Text("rows", "行数"),
            "rejected": Text("rejected", "剔除"),
            **{split: Text(split, title.zh) for split, title in SPLITS.items()},
        },
        units={"rows": Text("rows", "行")},
    ),
    introduction=Introduction(
        tab="data",
        order=20,
        title=Text("Data", "数据"),
        summary=Text("raw files become checked, split questions", "把原始文件整理成校验、划分好的题目"),
        intro=Text(
            "Upload raw question files. They are checked, de-duplicated and split into train, validation and test sets, "
            "with a data card. Unreadable rows are listed with the reason.",
            "上传原始题目文件，系统会校验、去重并划分为训练、验证、测试集，附数据卡片。无法读取的行都会列出原因。",
        ),
        offered=_offered,
        uploads=Uploads("sources", lambda: SUFFIXES, _preview),
        tile=Tile(10, Text("Datasets", "数据集"), Text("Create from your files", "用自己的文件新建")),
    ),
)
