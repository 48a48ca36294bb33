"""A file that a recipe names, and what it says about reading it."""

from __future__ import annotations

from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, field_validator

from studio.core.option import option
from studio.core.text import Text
from studio.data.reading import AUTO, Reading


class NamedFile(BaseModel):
    """A file of rows; what is left to `auto` or empty, the file tells."""

    model_config = ConfigDict(extra="forbid")

    file: str
    encoding: str = option(
        AUTO,
        label=Text("Encoding", "编码"),
        help=Text(
            "Of a text file: auto tells it by what the text says; else utf-8, gb18030, big5, utf-16, …",
            "文本文件的编码：auto 根据内容判断；也可填写 utf-8、gb18030、big5、utf-16 等。",
        ),
        min_length=1,
        advanced=True,
    )
    path: str = option(
        "",
        label=Text("Rows at", "数据位置"),
        help=Text(
            "Where the rows stand in a JSON or XML file, such as data, a.b or Document/QAPair; empty finds it.",
            "数据行在 JSON 或 XML 文件里的位置，如 data、a.b 或 Document/QAPair；留空则自动查找。",
        ),
        advanced=True,
    )
    header: Literal["auto", "yes", "no"] = option(
        "auto",
        names={AUTO: Text("Detect", "自动识别"), "yes": Text("Yes", "有"), "no": Text("No", "无")},
        label=Text("Header row", "表头"),
        help=Text(
            "Whether a table's first row names its columns; without one they are column 1, column 2, …",
            "表格首行是否为列名；没有表头时，各列名为 column 1、column 2……",
        ),
        advanced=True,
    )
    delimiter: Literal["auto", "comma", "semicolon", "tab", "pipe"] = option(
        "auto",
        names={
            AUTO: Text("Detect", "自动识别"),
            "comma": Text("Comma", "逗号"),
            "semicolon": Text("Semicolon", "分号"),
            "tab": Text("Tab", "制表符"),
            "pipe": Text("Bar |", "竖线"),
        },
        label=Text("Delimiter", "分隔符"),
        help=Text("What parts the fields of a table.", "表格中各字段之间的分隔符。"),
        advanced=True,
    )
    sheet: str = option(
        "",
        label=Text("Sheet", "工作表"),
        help=Text(
            "The sheet of a workbook; empty takes the first that holds rows.",
            "工作簿中的工作表；留空则取第一个有数据的工作表。",
        ),
        advanced=True,
    )

    @property
    def reading(self) -> Reading:
        """Return what is said here about reading the file."""
        return Reading(self.encoding, self.path, self.header, self.delimiter, self.sheet)

    @field_validator("header", mode="before")
    @classmethod
    def _yes_or_no(cls, header: Any) -> Any:
        """YAML reads `yes` and `no` as what is true and false."""
        return {True: "yes", False: "no"}[header] if isinstance(header, bool) else header
