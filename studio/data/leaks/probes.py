"""The questions of test sets that are looked for: those of a dataset's part, or of a raw file."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import chain, islice
from pathlib import Path
from typing import Any, Protocol

from studio.core.errors import InputError
from studio.core.text import Text
from studio.data.conversion import Conversion
from studio.data.dataset_folder import SPLITS
from studio.data.guess import LOOKED_AT, guess, require_understood
from studio.data.leaks.portion import EVERY, Portion
from studio.data.raw import open_raw
from studio.data.records.base import Row, RowOrigin
from studio.data.row_view import BadRow


class Probes(Protocol):
    """A test set: what people call it, the part of it that is meant, and its rows, each with where it stands."""

    @property
    def name(self) -> str: ...

    @property
    def split(self) -> str: ...

    def rows(self) -> Iterator[tuple[Row, dict[str, Any]]]: ...


@dataclass(frozen=True)
class RawQuestions:
    """The rows of a raw file; one that cannot be read as a question is passed over.

    Args:
        name: what people call the file.
        file: where it lies.
    """

    name: str
    file: Path
    split: str = EVERY

    def rows(self) -> Iterator[tuple[Row, dict[str, Any]]]:
        """Yield its rows, each with where it stands.

        Raises:
            InputError: it cannot be read, or it is not evident what its columns mean.
        """
        raw = open_raw(self.file)
        head = list(islice(raw.rows, LOOKED_AT))
        conversion = Conversion()
        found = guess(head, conversion, self.name)
        try:
            require_understood(found, head, self.name)
        except InputError as error:
            raise InputError(error.message, _MADE_FIRST, error.where) from error
        for row in chain(head, raw.rows):
            try:
                _, _, several = conversion.rows(row.values, RowOrigin(file=self.name, line=row.line))
            except BadRow:
                continue
            for made in several:
                yield made, {"dataset": self.name, "split": "", "line": row.line}


_MADE_FIRST = Text(
    "Make a dataset of the file first, with all rows in Test, and name that as the test set.",
    "请先把这个文件做成数据集（全部划到测试集），再把该数据集填为测试集。",
)


def probes_of(name: str, path: Path, split: str) -> Probes:
    """Return a test set by its place: the part of a dataset's folder, or a raw file or folder."""
    if any((path / f"{part}.jsonl").is_file() for part in SPLITS):
        return Portion(name, path, split)
    return RawQuestions(name, path)


def require_questions(path: Path, name: str, split: str) -> None:
    """Raise InputError where a test set holds no question."""
    probes = probes_of(name, path, split)
    if next(iter(probes.rows()), None) is None:
        raise InputError(no_questions(probes))


def no_questions(probes: Probes) -> Text:
    """Return what to say of a test set that holds none."""
    if not isinstance(probes, Portion):
        return Text(
            f"none of the rows of '{probes.name}' can be read as a question. {_MADE_FIRST.en}",
            f"“{probes.name}”中没有一行能读成题目。{_MADE_FIRST.zh}",
        )
    part = SPLITS[probes.split] if probes.split in SPLITS else Text("any", "任何划分")
    held = {split: Portion(probes.name, probes.folder, split).count() for split in SPLITS}
    en = ", ".join(f"{SPLITS[split].en.lower()} {count:,}" for split, count in held.items())
    zh = "、".join(f"{SPLITS[split].zh} {count:,} 行" for split, count in held.items())
    return Text(
        f"the {part.en.lower()} split of '{probes.name}' holds no questions ({en}); choose another split of the test sets, or All",
        f"“{probes.name}”的{part.zh}里没有题目（{zh}）；请换一个测试集划分，或选全部",
    )
