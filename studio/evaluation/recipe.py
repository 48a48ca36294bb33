"""Who is asked what, and how."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, ClassVar, Literal

from studio.answering.modes import MODES
from studio.core.choice import Choice, Chosen
from studio.core.errors import Fault
from studio.core.option import option
from studio.core.recipe import Recipe
from studio.core.text import Text
from studio.data.dataset_folder import SPLITS
from studio.scoring.scorers import SCORERS


class EvaluateRecipe(Recipe):
    """Compare models on a dataset."""

    renamed: ClassVar[Mapping[str, str]] = {"ways": "modes"}

    kind: Literal["evaluate"] = "evaluate"
    dataset: str = option(
        ...,
        label=Text("Dataset", "数据集"),
        help=Text("The dataset whose questions are asked.", "使用哪个数据集的题目。"),
        refers="dataset",
    )
    split: Literal["train", "val", "test"] = option(
        "test",
        names=SPLITS,
        label=Text("Split", "数据划分"),
        help=Text(
            "Which part of the dataset; Test unless you check what was learned.",
            "使用数据集的哪个划分；一般用测试集。",
        ),
    )
    models: list[str] = option(
        ...,
        label=Text("Models", "模型"),
        help=Text("The models to compare, the base first.", "要比较的模型，基础模型放在最前。"),
        refers="model",
        min_length=1,
    )
    modes: list[Annotated[Chosen, Choice(MODES)]] = option(
        ["direct", "api", "rag"],
        label=Text("Modes", "提问方式"),
        help=Text("How each model is asked.", "怎样向每个模型提问。"),
        min_length=1,
    )
    knowledge: str = option(
        "",
        label=Text("Knowledge base", "知识库"),
        help=Text("Where asking with retrieval finds its passages.", "检索增强方式从这里检索段落。"),
        refers="knowledge",
    )
    top_k: int = option(
        3,
        label=Text("Passages", "段落数"),
        help=Text("Passages shown for one question.", "每题附上的段落数。"),
        ge=1,
        le=20,
        advanced=True,
    )
    limit: int | None = option(
        None,
        label=Text("Questions", "题数"),
        help=Text(
            "Ask at most this many, chosen by the seed; empty asks all.",
            "最多评测多少题，按随机种子抽取；留空则使用全部题目。",
        ),
        ge=1,
    )
    max_tokens: int = option(
        64,
        label=Text("Longest answer", "最长回答"),
        help=Text("Tokens of one answer.", "每个回答的 token 上限。"),
        ge=1,
        le=4096,
    )
    likelihood: bool = option(
        True,
        label=Text("Option likelihood", "选项似然"),
        help=Text(
            "Where the model is asked in process: also score the option whose text it finds likeliest, whatever it writes.",
            "直接加载方式下，另按模型认为概率最高的选项计分，不看它写出的文字。",
        ),
        advanced=True,
    )
    scorers: list[Annotated[Chosen, Choice(SCORERS)]] = option(
        [],
        label=Text("Scorers", "评分方式"),
        help=Text(
            "Which figures the report has; none chosen: every usual one.", "报告包含哪些指标；不选则使用所有常用指标。"
        ),
        advanced=True,
    )
    concurrency: int = option(
        16,
        label=Text("At once", "并发数"),
        help=Text("Requests under way at the same time.", "同时进行的请求数。"),
        ge=1,
        le=256,
        advanced=True,
    )
    smallest_group: int = option(
        10,
        label=Text("Smallest group", "最小分组"),
        help=Text(
            "Groups with fewer questions (rare chapters) get no figures of their own; 1 shows every group.",
            "题目少于此数的分组（如冷门章节）不单独统计；填 1 则显示所有分组。",
        ),
        ge=1,
        le=10_000,
        advanced=True,
    )
    seed: int = option(
        42,
        label=Text("Seed", "随机种子"),
        help=Text("Which questions a limit chooses.", "限定题数时，决定抽取哪些题。"),
        ge=0,
        advanced=True,
    )

    def conflicts(self) -> list[Fault]:
        """Return modes and scorers that are named twice with other options: reports could not tell them apart."""
        told = Text("is named twice, with other options", "写了两次，选项不同")
        return [
            Fault(f"{field}.{place}", told)
            for field, chosen in (("modes", self.modes), ("scorers", self.scorers))
            for place, item in enumerate(chosen)
            if next(other for other in chosen if other.name == item.name) != item
        ]


class ProbeRecipe(Recipe):
    """Ask a model for the identifiers that it may have learned by heart."""

    kind: Literal["probe"] = "probe"
    model: str = option(
        ...,
        label=Text("Model", "模型"),
        help=Text(
            "The model whose weights are probed, usually a fine-tuned one.", "要探测权重的模型，一般是微调后的模型。"
        ),
        refers="model",
    )
    dataset: str = option(
        "",
        label=Text("Dataset", "数据集"),
        help=Text(
            "The dataset that holds the identifiers: what the model learned from, as it was before they were masked. "
            "Empty where texts are given below.",
            "含有身份信息的数据集：模型的训练数据，且未经替换。如果在下面填写文本，可以留空。",
        ),
        refers="dataset",
    )
    split: Literal["train", "val", "test"] = option(
        "train",
        names=SPLITS,
        label=Text("Split", "数据划分"),
        help=Text(
            "Which part of the dataset; Training is what was learned.", "使用数据集的哪个划分；训练集是模型学过的部分。"
        ),
    )
    texts: list[str] = option(
        [],
        label=Text("Texts", "文本"),
        help=Text(
            "Texts with identifiers in them, one a line: what the rules find is asked for, or what stands between double brackets, "
            "`Call [[Karen Wilson]].` A question and a tab may stand in front. They stand in the recipe as written.",
            "含有身份信息的文本，每行一条：探测规则识别出的内容，或用双方括号标出的内容，如 `请联系[[王小红]]。` 前面可加问题和制表符。"
            "填写的内容会原样写入配方。",
        ),
    )
    files: list[str] = option(
        [],
        label=Text("Files of texts", "文本文件"),
        help=Text("Text files with such a text in each line.", "文本文件，每行一条上述文本。"),
        refers="file",
    )
    limit: int = option(
        100,
        label=Text("Identifiers", "探测项数"),
        help=Text("Ask for at most this many, drawn by the seed.", "最多探测多少项，按随机种子抽取。"),
        ge=1,
        le=10_000,
    )
    candidates: int = option(
        256,
        label=Text("Candidates", "候选数"),
        help=Text(
            "Each identifier is ranked among so many of its form, the others made up; more tell finer and take longer.",
            "每项与多少个同格式的候选值（其余为随机生成）比较排名；越多越精细，也越慢。",
        ),
        ge=2,
        le=10_000,
        advanced=True,
    )
    seed: int = option(
        42,
        label=Text("Seed", "随机种子"),
        help=Text("Which identifiers are drawn, and which others are made up.", "决定抽取哪些项、生成哪些候选值。"),
        ge=0,
        advanced=True,
    )

    def conflicts(self) -> list[Fault]:
        """Return that there is nothing to ask for."""
        if self.dataset or self.texts or self.files:
            return []
        return [
            Fault(
                "dataset",
                Text(
                    "nothing to ask for: choose a dataset, or give texts or files with identifiers in them",
                    "没有可探测的内容：请选择数据集，或填写含有身份信息的文本或文件",
                ),
            )
        ]
