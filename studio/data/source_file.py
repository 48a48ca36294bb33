"""A raw file of a dataset: where it lies, how it is read, and what its columns mean."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from pydantic import field_validator

from studio.core.choice import Choice
from studio.core.option import option
from studio.core.text import Text
from studio.data.conversion import KEEP, Conversion
from studio.data.corrections import Corrections
from studio.data.dataset_folder import PLACES
from studio.data.join import Join
from studio.data.layouts import LAYOUTS
from studio.data.named_file import NamedFile
from studio.data.reading import AUTO
from studio.data.roles import IGNORED, OPTION, ROLES

_USUAL = ("qa", "medqa", "decision", "case", "dialogue", "preference", "judged", "rubric")


class SourceFile(NamedFile):
    """One raw file of a dataset."""

    file: str = option(
        ...,
        label=Text("File", "文件"),
        help=Text(
            "JSON, JSONL, CSV, XLSX, Parquet, XML, dialogue text or a zip of these; a relative path starts at the "
            "workspace. Or a dataset on a hub: hf://OWNER/NAME, ms://OWNER/NAME; or articles of PubMed: pubmed://QUERY.",
            "JSON、JSONL、CSV、XLSX、Parquet、XML、对话文本，或它们的 zip 压缩包；相对路径从工作区开始。"
            "也可以是 Hub 上的数据集：hf://所有者/名称、ms://所有者/名称；或 PubMed 文献：pubmed://检索式。",
        ),
        refers="file",
        min_length=1,
    )
    layout: Annotated[str, Choice(LAYOUTS, (AUTO,), _USUAL)] = option(
        AUTO,
        names={AUTO: Text("Detect", "自动识别")},
        label=Text("Layout", "格式"),
        help=Text(
            "How the rows are laid out; Detect tells it for each row by what its columns mean, and asks where they are not "
            "all used.",
            "数据行的格式。自动识别会逐行根据各列的含义判断；如果有列没有用上，会先向您确认。",
        ),
    )
    split: Literal["hash", "kept", "train", "val", "test"] = option(
        "hash",
        names=PLACES,
        label=Text("Goes to", "划分到"),
        help=Text(
            "Automatic splits the rows by the shares below; Training, Validation or Test puts the whole file there. As it is "
            "leaves each row of a dataset made here in its split.",
            "自动划分：按下面的比例分配各行；选训练集、验证集或测试集，则整个文件都划到其中。"
            "保持原样：本平台生成的数据集，每一行留在原来的划分中。",
        ),
    )
    columns: dict[str, str] = option(
        {},
        label=Text("Columns", "列"),
        help=Text(
            "What columns mean, where their names do not say it: {内容: question, 回复: answer}; ignore leaves one out.",
            "列名看不出含义时，说明每一列的角色：{内容: question, 回复: answer}；ignore 表示忽略该列。",
        ),
        shown=False,
    )
    values: dict[str, dict[str, Any]] = option(
        {},
        label=Text("Values", "取值"),
        help=Text(
            "What values of a column mean: {label: {1: keep, 0: drop}}, or another value in their place.",
            "某一列各个取值的含义：{label: {1: keep, 0: drop}}，也可以换成别的值。",
        ),
        shown=False,
    )
    ignore: list[str] = option(
        [],
        label=Text("Ignored columns", "忽略的列"),
        help=Text("Columns to leave out.", "不使用的列。"),
        shown=False,
    )
    answer_base: Literal[0, 1] | None = option(
        None,
        label=Text("Answers count from", "答案序号起点"),
        help=Text(
            "Whether an answer that is the number of an option counts from 0 or from 1.",
            "答案是选项序号时，从 0 还是从 1 开始数。",
        ),
        shown=False,
    )
    join: Join | None = option(
        None,
        label=Text("Join", "关联文件"),
        help=Text(
            "A second file whose columns are put to the rows by a key: {file: answers.csv, on: question_id}. A column that "
            "both files have is called NAME (2) in the second.",
            "按关联列把第二个文件的列并入各行：{file: answers.csv, on: question_id}。"
            "两个文件都有的列，第二个文件的那一列在名称后加“ (2)”。",
        ),
        shown=False,
    )

    corrections: Corrections | None = option(
        None,
        label=Text("Corrections", "人工修改"),
        help=Text(
            "The corrected workbook of a source that is a dataset made here: {file: corrected.xlsx}. What becomes of rows "
            "that were added, lost or doubled in it is said by added, lost and doubled.",
            "来源是本平台生成的数据集时，填其修改后的工作簿：{file: corrected.xlsx}。"
            "其中多出、缺少或重复的行如何处理，由 added、lost、doubled 说明。",
        ),
        shown=False,
    )
    origin: str = option(
        "",
        label=Text("Origin", "来源"),
        help=Text(
            "Where the file comes from, for the data card: an address, a hospital, a book.",
            "文件的出处，写入数据卡片：网址、医院、书籍等。",
        ),
        advanced=True,
    )
    licence: str = option(
        "",
        label=Text("Licence", "许可"),
        help=Text(
            "The licence that the file may be used under, for the data card; of a hub's dataset it is taken from there.",
            "文件的使用许可，写入数据卡片；Hub 上的数据集会自动读取其许可。",
        ),
        advanced=True,
    )

    @field_validator("corrections", mode="before")
    @classmethod
    def _file_alone(cls, corrections: Any) -> Any:
        return {"file": corrections} if isinstance(corrections, str) else corrections

    @field_validator("columns")
    @classmethod
    def _known_roles(cls, columns: dict[str, str]) -> dict[str, str]:
        for column, role in columns.items():
            if role != IGNORED and role not in ROLES and not role.startswith(f"{OPTION} "):
                known = ", ".join((*ROLES, f"{OPTION} A", IGNORED))
                raise ValueError(f"'{role}' is no role ({column}); roles: {known}")
        return columns

    @field_validator("values", mode="before")
    @classmethod
    def _texts_as_keys(cls, values: Any) -> Any:
        """YAML reads `1` and `true` as what they are; a value is told by how it is written."""
        if not isinstance(values, dict):
            return values
        return {
            str(column): {_written(key): new for key, new in meanings.items()}
            if isinstance(meanings, dict)
            else meanings
            for column, meanings in values.items()
        }

    def conversion(self, thought: str = KEEP) -> Conversion:
        """Return how the rows of this source are converted; `thought: drop` leaves the reasoning before answers out."""
        columns = {**self.columns, **dict.fromkeys(self.ignore, IGNORED)}
        return Conversion(self.layout, columns, self.values, self.answer_base, thought == KEEP)


def _written(key: object) -> str:
    return str(key).lower() if isinstance(key, bool) else str(key)
