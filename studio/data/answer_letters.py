"""How evenly the right answers of multiple-choice rows stand under the letters: what always naming one would score."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from studio.core.text import Text
from studio.data.records.base import Row
from studio.data.records.question import Question

_LEAST = 50  # rows: chi-square wants five or more expected under each letter
_FAR = 0.05  # always naming the commonest letter is right so much more often than an even spread would have it
# Chi-square that an even spread passes once in a thousand datasets, by the number of letters less one.
_CRITICAL = (10.83, 13.82, 16.27, 18.47, 20.52, 22.46, 24.32, 26.12, 27.88)
_NONE = 0


@dataclass(frozen=True)
class LetterSpread:
    """How many rows have each letter as their only right one.

    Args:
        counts: by letter, of those that any row offers.
        rows: all of them together.
        chi_square: how far that is from even, given how many options each row has.
    """

    counts: Mapping[str, int]
    rows: int
    chi_square: float
    even: float

    @property
    def commonest(self) -> str:
        return max(self.counts, key=lambda letter: self.counts[letter])

    @property
    def accuracy(self) -> float:
        """The accuracy of always naming the commonest letter."""
        return self.counts[self.commonest] / self.rows

    @property
    def is_far_from_even(self) -> bool:
        """Whether chance makes such a spread less than once in a thousand, and naming one letter gains five points."""
        critical = _CRITICAL[min(len(self.counts) - 1, len(_CRITICAL)) - 1] if len(self.counts) > 1 else 0.0
        return self.rows >= _LEAST and self.chi_square > critical and self.accuracy - self.even >= _FAR

    def dump(self) -> dict[str, object]:
        """Return it as `dataset.json` holds it."""
        return {
            "counts": dict(self.counts),
            "rows": self.rows,
            "commonest": self.commonest,
            "accuracy": round(self.accuracy, 4),
            "chi_square": round(self.chi_square, 2),
            "even": not self.is_far_from_even,
        }

    @property
    def note(self) -> Text:
        en = ", ".join(f"{letter} {count:,}" for letter, count in self.counts.items())
        zh = "、".join(f"{letter} {count:,}" for letter, count in self.counts.items())
        return Text(
            f"the right answers are far from evenly spread over the letters ({en}): always naming {self.commonest} would be right "
            f"in {self.accuracy:.1%} of {self.rows:,} rows, with an even spread in {self.even:.1%} (chi-square {self.chi_square:.1f}, "
            "p < 0.001)",
            f"正确答案在各选项字母上的分布很不均匀（{zh}）：在 {self.rows:,} 行中，一律选 {self.commonest} 的准确率就有 {self.accuracy:.1%}，"
            f"均匀分布时应为 {self.even:.1%}（卡方值 {self.chi_square:.1f}，p < 0.001）",
        )


class AnswerLetters:
    """Remembers the right letter of each row in two bytes."""

    def __init__(self) -> None:
        self._letters = bytearray()
        self._options = bytearray()

    def add(self, row: Row) -> None:
        """Take note of the next row; of one that is no question with one right letter, that it is none."""
        one = isinstance(row, Question) and len(row.gold) == 1 and row.gold in row.options and row.gold.isascii()
        self._letters.append(ord(row.gold) if isinstance(row, Question) and one else _NONE)
        self._options.append(min(len(row.options), 255) if isinstance(row, Question) and one else _NONE)

    def spread(self, taken: Iterable[bool]) -> LetterSpread | None:
        """Return how the letters are spread over the rows that were taken; None where no row has one."""
        counted: Counter[tuple[int, int]] = Counter()
        for pair, is_taken in zip(zip(self._letters, self._options, strict=True), taken, strict=True):
            if pair[0] and is_taken:
                counted[pair] += 1
        if not counted:
            return None
        most = max(options for _, options in counted)
        letters = [chr(ord("A") + at) for at in range(most)]
        expected = dict.fromkeys(letters, 0.0)
        counts = dict.fromkeys(letters, 0)
        for (letter, options), count in counted.items():
            counts[chr(letter)] = counts.get(chr(letter), 0) + count
            for at in range(options):
                expected[letters[at]] += count / options
        rows = counted.total()
        chi_square = sum((counts[letter] - wanted) ** 2 / wanted for letter, wanted in expected.items() if wanted)
        even = max(expected.values()) / rows
        return LetterSpread(counts, rows, chi_square, even)
