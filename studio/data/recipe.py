"""What a dataset is made from."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict

from studio.core.choice import Choice
from studio.core.errors import Fault
from studio.core.option import option
from studio.core.recipe import Recipe
from studio.core.text import Text
from studio.data.dataset_folder import SPLITS
from studio.data.layouts import LAYOUTS

_AUTO = "auto"


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
    layout: Annotated[str, Choice(LAYOUTS, (_AUTO,))] = option(
        _AUTO,
        names={_AUTO: Text("Detect", "自动识别")},
        label=Text("Layout", "格式"),
        help=Text(
            "How the rows are laid out; Detect (auto) looks at the first rows.",
            "数据行的格式；自动识别（auto）会根据前几行判断。",
        ),
    )
    split: Literal["hash", "train", "val", "test"] = option(
        "hash",
        names={"hash": Text("Automatic", "自动划分"), **SPLITS},
        label=Text("Goes to", "归入"),
        help=Text(
            "Automatic (hash) splits the rows by the shares below; train, val or test puts the whole file there.",
            "自动划分（hash）按下面的比例分配；训练集（train）、验证集（val）、测试集（test）表示整个文件都归入其中。",
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
        help=Text("Share of the automatically split rows that is for validation.", "自动划分时，验证集所占比例。"),
        ge=0,
        le=0.5,
    )
    test: float = option(
        0.1,
        label=Text("Test share", "测试集比例"),
        help=Text("Share of the automatically split rows that is for testing.", "自动划分时，测试集所占比例。"),
        ge=0,
        le=0.9,
    )
    limit: int | None = option(
        None,
        label=Text("At most", "最多行数"),
        help=Text(
            "Take only this many valid rows of each file; empty takes all.",
            "每个文件最多取多少条有效数据；留空则取全部。",
        ),
        ge=1,
        advanced=True,
    )

    def conflicts(self) -> list[Fault]:
        """Return shares that are more than the whole."""
        if self.val + self.test <= 1 + 1e-9:  # 0.1 and 0.9 may be a hair more
            return []
        message = Text(
            f"given {self.test:g}; val and test together are more than 1 ({self.val + self.test:g})",
            f"现为 {self.test:g}；val 与 test 之和不能超过 1（现为 {self.val + self.test:g}）",
        )
        return [Fault("test", message)]
