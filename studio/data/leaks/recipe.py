"""What is looked for leaks, and against which test sets."""

from __future__ import annotations

from typing import Literal

from studio.core.option import option
from studio.core.recipe import Recipe
from studio.core.text import Text
from studio.data.leaks.leak import NEAR_FROM, OVERLAP_FROM
from studio.data.leaks.portion import PORTIONS


class LeaksRecipe(Recipe):
    """Look for the questions of test sets in what a model learns from."""

    kind: Literal["leaks"] = "leaks"
    dataset: str = option(
        ...,
        label=Text("Dataset", "数据集"),
        help=Text("The dataset that a model learns from.", "模型用来学习的数据集。"),
        refers="dataset",
    )
    split: Literal["train", "val", "test", "all"] = option(
        "train",
        names=PORTIONS,
        label=Text("Split", "数据划分"),
        help=Text(
            "Which of its rows are looked through; a model learns from Training.",
            "检查其中哪些行；模型学习的是训练集。",
        ),
    )
    against: list[str] = option(
        ...,
        label=Text("Test sets", "测试集"),
        help=Text("The datasets whose questions are looked for.", "要查找哪些数据集的题目。"),
        refers="dataset",
        min_length=1,
    )
    against_split: Literal["train", "val", "test", "all"] = option(
        "test",
        names=PORTIONS,
        label=Text("Split of the test sets", "测试集所用划分"),
        help=Text(
            "Which of their rows are test questions: Test, or All where a whole file was published for testing.",
            "测试题取自哪个划分：一般为测试集；如果整个文件都是公开的测试题，选全部。",
        ),
    )
    near: float = option(
        NEAR_FROM,
        label=Text("Near-duplicates from", "近似重复阈值"),
        help=Text(
            "How alike two questions are that count as near-duplicates: Jaccard similarity of their character 4-grams.",
            "两道题相似到多少算近似重复：字符 4-gram 的 Jaccard 相似度。",
        ),
        ge=0.3,
        le=1,
        advanced=True,
    )
    overlap: float = option(
        OVERLAP_FROM,
        label=Text("13-grams cover", "13-gram 覆盖率阈值"),
        help=Text(
            "How much of a test question must be covered by runs of 13 words (Chinese: characters) that also stand in the row.",
            "测试题中至少有多大比例被同样出现在该行里的连续 13 个词（中文为 13 个字）覆盖。",
        ),
        gt=0,
        le=1,
        advanced=True,
    )
