"""`kind: dataset`: raw question-answering files become validated, split rows and a data card."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal

from pydantic import BaseModel, ConfigDict

from studio.core.option import option
from studio.core.recipe import Recipe
from studio.core.text import Text
from studio.data.layouts import LAYOUTS
from studio.kinds._kind import Kind
from studio.runs.job import Job, Outcome

if TYPE_CHECKING:
    Layout = str
else:
    Layout = Literal[("auto", *LAYOUTS.names())]  # one file a layout: the choices are the files that are there


class SourceFile(BaseModel):
    """One raw file of a dataset."""

    model_config = ConfigDict(extra="forbid")

    file: str = option(
        ...,
        label=Text("File", "文件"),
        help=Text(
            "A JSONL, JSON or CSV file; a relative path starts at the workspace.",
            "JSONL、JSON 或 CSV 文件；相对路径从工作区开始。",
        ),
        refers="file",
        min_length=1,
    )
    layout: Layout = option(
        "auto",
        label=Text("Layout", "格式"),
        help=Text(
            "How the rows are laid out: auto looks at the first rows; medqa is multiple choice, qa is question and answer.",
            "行的格式：auto 根据前几行判断；medqa 为选择题，qa 为问答。",
        ),
    )
    split: Literal["hash", "train", "val", "test"] = option(
        "hash",
        label=Text("Goes to", "归入"),
        help=Text(
            "hash spreads the rows by the shares below; train, val or test puts the whole file there.",
            "hash 按下面的比例分配；train、val、test 表示整个文件归入该部分。",
        ),
    )


class DatasetRecipe(Recipe):
    """Raw files to a dataset."""

    kind: Literal["dataset"] = "dataset"
    sources: list[SourceFile] = option(
        ...,
        label=Text("Files", "文件"),
        help=Text("The raw files, each with its layout.", "原始文件及其格式。"),
        min_length=1,
    )
    val: float = option(
        0.05,
        label=Text("Validation share", "验证集比例"),
        help=Text("Share of the hash-split rows for validation.", "按哈希划分的行中，用作验证集的比例。"),
        ge=0,
        le=0.5,
    )
    test: float = option(
        0.1,
        label=Text("Test share", "测试集比例"),
        help=Text("Share of the hash-split rows for testing.", "按哈希划分的行中，用作测试集的比例。"),
        ge=0,
        le=0.9,
    )
    limit: int | None = option(
        None,
        label=Text("At most", "最多行数"),
        help=Text(
            "Take only this many good rows of each file; empty takes all.", "每个文件最多取多少有效行；留空取全部。"
        ),
        ge=1,
        advanced=True,
    )


def run(recipe: DatasetRecipe, job: Job) -> Outcome:
    """Convert, validate, de-duplicate and split; writes `dataset/`."""
    from studio.data.build import Share, Source, build

    sources = [
        Source(job.locate(f"sources.{index}.file"), item.layout, item.split, item.file)
        for index, item in enumerate(recipe.sources)
    ]
    return build(sources, Share(recipe.val, recipe.test), recipe.limit, job)


KIND = Kind(DatasetRecipe, run, Text("Dataset", "数据集"), heavy=False)
