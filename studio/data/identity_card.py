"""What a data card says of personal identifiers: some that were found, masked, and some look-alikes that were let pass."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import islice
from pathlib import Path

from studio.core.text import Language, Text
from studio.data.card import CARDS
from studio.data.dataset_folder import SPLITS
from studio.data.lookalikes import around, look_alikes
from studio.data.masking import find, hidden, kinds
from studio.data.records.base import Row

_LOOKED_AT = 4_000  # rows: all of a large dataset would take too long
_SHOWN = 3  # of a kind


@dataclass
class Sampled:
    """What was seen in some of a dataset's rows.

    Args:
        rows: that were looked at.
        found: identifiers still in the dataset, by their kind, masked.
        passed: look-alikes, by why they were let pass.
    """

    rows: int = 0
    found: dict[Text, list[str]] = field(default_factory=dict)
    passed: dict[Text, list[str]] = field(default_factory=dict)


def sample(folder: Path, record: type[Row], rows: int) -> Sampled:
    """Look at rows from all over a dataset folder, at most some thousands.

    Args:
        rows: that the folder holds; whoever wrote them has counted them.
    """
    seen = Sampled()
    for line in islice(_lines(folder), 0, None, rows // _LOOKED_AT + 1):
        seen.rows += 1
        for text in record.model_validate_json(line).texts():
            spans = find(text)
            for span in spans:
                shown = seen.found.setdefault(kinds()[span.kind].title, [])
                if len(shown) < _SHOWN:
                    shown.append(hidden(text, [span, *(other for other in spans if other != span)]))
            for piece in look_alikes(text, spans):
                shown = seen.passed.setdefault(piece.why, [])
                if len(shown) < _SHOWN:
                    shown.append(around(text, piece))
    return seen


def extend_cards(folder: Path, record: type[Row], rows: int) -> None:
    """Write what was seen in a dataset of so many rows to the end of its cards."""
    seen = sample(folder, record, rows)
    for file, language in CARDS.items():
        lines = lines_of(seen, language)
        if lines:
            with (folder / file).open("a", encoding="utf-8") as card:
                card.write("\n".join(["", *lines]))


def lines_of(seen: Sampled, language: Language) -> list[str]:
    """Return the card's section in Markdown; none where there was nothing to see."""
    if not seen.found and not seen.passed:
        return []

    def say(en: str, zh: str) -> str:
        return zh if language == "zh" else en

    lines = [say("## Personal identifiers", "## 个人身份信息"), ""]
    lines += [say(f"Samples from {seen.rows:,} rows.", f"以下示例取自 {seen.rows:,} 行数据。"), ""]
    if seen.found:
        lines += [say("Found and still in the dataset, shown masked:", "已发现且仍在数据集中（遮盖显示）："), ""]
        lines += [*_listed(seen.found, language), ""]
    if seen.passed:
        lines += [
            say(
                "Look like identifiers and were let pass, with why; judge whether that is right:",
                "看起来像身份信息但未被识别的内容及原因，请人工判断是否有遗漏：",
            ),
            "",
        ]
        lines += [*_listed(seen.passed, language), ""]
    return lines


def _listed(samples: dict[Text, list[str]], language: Language) -> Iterator[str]:
    colon = "：" if language == "zh" else ": "
    for title, shown in samples.items():
        yield f"- {title.to(language)}{colon}{' · '.join(f'`{piece.replace(chr(96), chr(39))}`' for piece in shown)}"


def _lines(folder: Path) -> Iterator[bytes]:
    for split in SPLITS:
        with (folder / f"{split}.jsonl").open("rb") as stream:
            yield from stream
