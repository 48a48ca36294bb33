"""A dataset's files: its rows, what was rejected and why, and a card that people read."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Protocol

from studio.core.files import write_json
from studio.core.text import Language, Text
from studio.data.dataset_folder import ABOUT
from studio.data.records.base import Row, RowOrigin

_SHOWN = 12
CARDS: dict[str, Language] = {"card.md": "en", "card.zh.md": "zh"}


class RejectedRow(Protocol):
    """A row that was not taken: where it stands, why, and the row."""

    @property
    def origin(self) -> RowOrigin: ...
    @property
    def reason(self) -> Text: ...
    @property
    def kind(self) -> Text: ...
    @property
    def row(self) -> dict[str, object]: ...


def write_dataset(
    folder: Path,
    name: str,
    record: type[Row],
    parts: Mapping[str, Sequence[Row]],
    rejected: Sequence[RejectedRow],
    sources: Sequence[Mapping[str, object]],
) -> None:
    """Write `train/val/test.jsonl`, `rejected.jsonl`, `dataset.json` and the card in each language into a folder."""
    for split, rows in parts.items():
        with (folder / f"{split}.jsonl").open("w", encoding="utf-8") as stream:
            for row in rows:
                stream.write(row.model_dump_json(exclude_defaults=True) + "\n")
    # a rejected row may hold half a character: it is written the way JSON escapes it
    with (folder / "rejected.jsonl").open("w", encoding="utf-8", errors="backslashreplace") as stream:
        for item in rejected:
            line = {"file": item.origin.file, "line": item.origin.line, "reason": item.reason.dump(), "row": item.row}
            stream.write(json.dumps(line, ensure_ascii=False) + "\n")
    write_json(
        folder / ABOUT,
        {
            "name": name,
            "record": record.record,
            "rows": sum(map(len, parts.values())),
            "splits": {split: len(rows) for split, rows in parts.items()},
            "rejected": len(rejected),
            "sources": list(sources),
        },
    )
    for file, language in CARDS.items():
        (folder / file).write_text(card(name, record, parts, rejected, sources, language), encoding="utf-8")


def card(
    name: str,
    record: type[Row],
    parts: Mapping[str, Sequence[Row]],
    rejected: Sequence[RejectedRow],
    sources: Sequence[Mapping[str, object]],
    language: Language,
) -> str:
    """Return the data card: counts a part, files with their sums, and every reason for a rejection with lines."""

    def say(en: str, zh: str) -> str:
        return zh if language == "zh" else en

    lines = [f"# {name}", ""]
    heads = [say("Part", "数据划分"), *(title.to(language) for title in record.forms.values()), say("All", "合计")]
    lines += [f"| {' | '.join(heads)} |", f"|---|{'---:|' * (len(heads) - 1)}"]
    for split, rows in parts.items():
        counts = Counter(row.form for row in rows)
        cells = [split, *(str(counts[form]) for form in record.forms), str(len(rows))]
        lines.append(f"| {' | '.join(cells)} |")
    lines += ["", say("## Files", "## 文件"), ""]
    lines += [
        say(
            "| File | Encoding | Layout | Goes to | Rows | Taken | Rejected | sha256 |",
            "| 文件 | 编码 | 格式 | 归入 | 行数 | 采用 | 剔除 | sha256 |",
        )
    ]
    lines += ["|---|---|---|---|---:|---:|---:|---|"]
    for item in sources:
        cells = [_cell(item[key]) for key in ("file", "encoding", "layout", "split", "rows", "taken", "rejected")]
        lines.append(f"| {' | '.join(cells)} | `{str(item['sha256'])[:12]}` |")
    left = [(item["file"], item["unused"]) for item in sources if item["unused"]]
    if left:
        lines += ["", say("## Fields not used", "## 未使用的字段"), ""]
        lines += [
            say("These fields hold something that did not go into the dataset.", "这些字段有内容，但没有进入数据集。"),
            "",
        ]
        lines += [f"- {_cell(file)}: {_fields(names)}" for file, names in left]
    lines += ["", say("## Rejected rows", "## 剔除的行"), ""]
    if not rejected:
        return "\n".join([*lines, say("None.", "无。"), ""])
    kinds = Counter(item.kind for item in rejected)
    lines += [say("| Reason | Rows | For example |", "| 原因 | 行数 | 示例 |"), "|---|---:|---|"]
    for reason, count in kinds.most_common():
        where = [f"{item.origin.file}:{item.origin.line}" for item in rejected if item.kind == reason]
        more = " …" if len(where) > _SHOWN else ""
        lines.append(f"| {_cell(reason.to(language))} | {count} | {_cell(', '.join(where[:_SHOWN]))}{more} |")
    closing = say("Every row with its reason stands in `rejected.jsonl`.", "每一行及其原因见 `rejected.jsonl`。")
    return "\n".join([*lines, "", closing, ""])


def _fields(names: object) -> str:
    return ", ".join(f"`{_cell(name)}`" for name in names) if isinstance(names, list) else ""


def _cell(value: object) -> str:
    return str(value).replace("|", "\\|").replace("\n", " ")
