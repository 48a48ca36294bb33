"""A raw row as a file gives it, and what a recipe says about reading the file."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from studio.core.text import Text

LONGEST_ROW = 64 * 2**20
"""Characters (or bytes) that a row may have."""

AUTO = "auto"
DELIMITERS = {"comma": ",", "semicolon": ";", "tab": "\t", "pipe": "|"}


@dataclass(frozen=True)
class RawRow:
    """One row, or the reason why a place gave none.

    `line` is 1-based; in JSON and XML it is the line on which the row begins, in a sheet or a Parquet file the row's
    number. `file` is the member of an archive or a folder that the row stands in, else empty.
    """

    line: int
    values: dict[str, Any]
    fault: Text | None = None
    file: str = ""


@dataclass(frozen=True)
class Reading:
    """What is said about reading a file; `auto` and empty texts leave it to the file.

    Args:
        encoding: of a text.
        path: where the rows stand in JSON (`data`, `a.b`) or XML (`Document/QAPair`).
        header: whether a table's first row names its columns: `auto`, `yes` or `no`.
        delimiter: what parts a table's fields: `auto`, one of DELIMITERS, or the character.
        sheet: the name of a workbook's sheet.
        notes: what openers assumed, filled while they open.
    """

    encoding: str = AUTO
    path: str = ""
    header: str = AUTO
    delimiter: str = AUTO
    sheet: str = ""
    notes: list[Text] = field(default_factory=list, compare=False, repr=False)

    def note(self, en: str, zh: str) -> None:
        """Add something that was assumed; a thing said already is not said again."""
        if (text := Text(en, zh)) not in self.notes:
            self.notes.append(text)
