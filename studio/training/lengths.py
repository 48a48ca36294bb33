"""How long a dataset's rows are as a model sees them: what a longest length would cut, before a training cuts it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

from studio.core.files import read_json, write_json
from studio.core.reporter import Reporter
from studio.core.text import Text
from studio.data.counts import rows_of
from studio.data.dataset_folder import SPLITS, read_rows
from studio.training.lesson import LessonOptions, lesson

if TYPE_CHECKING:
    from transformers import PreTrainedTokenizerBase

FILE = "lengths.json"
_BETWEEN_CHECKS = 256


@dataclass(frozen=True)
class PartLengths:
    """The rows of a part of a dataset.

    Args:
        counts: how many rows have so many tokens, of those that can be learned from; the shortest first.
        no_answer: rows that hold nothing to learn.
        refused: rows that the chat template cannot show.
        example: the line of the first of these, and why it cannot be shown.
        kept_order: rows whose options were to be shuffled and could not be.
    """

    counts: Mapping[int, int] = field(default_factory=dict)
    no_answer: int = 0
    refused: int = 0
    example: tuple[int, Text] | None = None
    kept_order: int = 0

    @property
    def rows(self) -> int:
        return sum(self.counts.values())

    @property
    def longest(self) -> int:
        return max(self.counts, default=0)

    def over(self, length: int) -> int:
        """Return how many rows are longer."""
        return sum(count for tokens, count in self.counts.items() if tokens > length)

    def dump(self) -> dict[str, Any]:
        """Return it as JSON."""
        example = {"line": self.example[0], "why": self.example[1].dump()} if self.example else None
        left_out = {"no_answer": self.no_answer, "refused": self.refused, "example": example}
        return {"counts": sorted(self.counts.items()), **left_out, "kept_order": self.kept_order}

    @classmethod
    def load(cls, value: Mapping[str, Any]) -> PartLengths:
        """Read it back."""
        example = value.get("example")
        return cls(
            {int(tokens): int(count) for tokens, count in value["counts"]},
            int(value["no_answer"]),
            int(value["refused"]),
            (int(example["line"]), Text.load(example["why"])) if example else None,
            int(value["kept_order"]),
        )


def measure(
    dataset: Path, tokenizer: PreTrainedTokenizerBase, options: LessonOptions, seed: int, report: Reporter
) -> dict[str, PartLengths]:
    """Return the lengths of a dataset's parts.

    Raises:
        InputError: the folder is no dataset, or a line in it is no row.
        Stopped: somebody asked.
    """
    total = sum(rows_of(dataset, split) or 0 for split in SPLITS)
    done = 0

    def step() -> None:
        nonlocal done
        if done % _BETWEEN_CHECKS == 0:
            report.check_stop()
            report.progress(done, total, "rows")
        done += 1

    report.stage("measuring", Text(f"Measuring {total} rows", f"统计 {total} 行数据的长度"))
    found = {split: _part(read_rows(dataset, split), tokenizer, options, seed, step) for split in SPLITS}
    report.progress(total, total, "rows")
    return found


def _part(
    rows: list[Any], tokenizer: PreTrainedTokenizerBase, options: LessonOptions, seed: int, step: Callable[[], None]
) -> PartLengths:
    from studio.models.chat_template import IGNORED, refusal, training_row

    counts: Counter[int] = Counter()
    no_answer = refused = kept_order = 0
    example: tuple[int, Text] | None = None
    for number, row in enumerate(rows, 1):
        step()
        taught = lesson(row, options, seed)
        kept_order += taught.kept_order
        tokens = training_row(tokenizer, taught.turns)
        if tokens is None:
            refused += 1
            example = example or (number, refusal(tokenizer, taught.turns))
        elif all(label == IGNORED for label in tokens["labels"]):
            no_answer += 1
        else:
            counts[len(tokens["input_ids"])] += 1
    return PartLengths(counts, no_answer, refused, example, kept_order)


def write(folder: Path, found: Mapping[str, PartLengths]) -> None:
    """Write lengths into a folder."""
    folder.mkdir(exist_ok=True)
    write_json(folder / FILE, {split: part.dump() for split, part in found.items()})


def read(folder: Path) -> dict[str, PartLengths]:
    """Return the lengths that a folder holds; none where it holds none that can be read."""
    value: Mapping[str, Any] = read_json(folder / FILE) or {}
    try:
        return {split: PartLengths.load(part) for split, part in value.items()}
    except (KeyError, TypeError, ValueError):
        return {}
