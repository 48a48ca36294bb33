"""A dataset's files: its rows, what was rejected and why, and a card that people read."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Protocol

from studio.core.files import write_json
from studio.core.records import Question, Source
from studio.core.text import Text

_SHOWN = 12


class RejectedRow(Protocol):
    """A row that was not taken: where it stands, why, and the row."""

    @property
    def origin(self) -> Source: ...
    @property
    def reason(self) -> Text: ...
    @property
    def kind(self) -> Text: ...
    @property
    def row(self) -> dict[str, object]: ...


def write_dataset(
    folder: Path,
    name: str,
    parts: Mapping[str, Sequence[Question]],
    rejected: Sequence[RejectedRow],
    sources: Sequence[Mapping[str, object]],
) -> None:
    """Write `train/val/test.jsonl`, `rejected.jsonl`, `dataset.json` and `card.md` into a folder."""
    for split, questions in parts.items():
        with (folder / f"{split}.jsonl").open("w", encoding="utf-8") as stream:
            for question in questions:
                stream.write(question.model_dump_json(exclude_defaults=True) + "\n")
    # a rejected row may hold half a character: it is written the way JSON escapes it
    with (folder / "rejected.jsonl").open("w", encoding="utf-8", errors="backslashreplace") as stream:
        for item in rejected:
            line = {"file": item.origin.file, "line": item.origin.line, "reason": item.reason.dump(), "row": item.row}
            stream.write(json.dumps(line, ensure_ascii=False) + "\n")
    write_json(
        folder / "dataset.json",
        {
            "name": name,
            "rows": sum(map(len, parts.values())),
            "splits": {split: len(questions) for split, questions in parts.items()},
            "rejected": len(rejected),
            "sources": list(sources),
        },
    )
    (folder / "card.md").write_text(card(name, parts, rejected, sources), encoding="utf-8")


def card(
    name: str,
    parts: Mapping[str, Sequence[Question]],
    rejected: Sequence[RejectedRow],
    sources: Sequence[Mapping[str, object]],
) -> str:
    """Return the data card: counts a part, files with their sums, and every reason for a rejection with lines."""
    lines = [f"# {name}", "", "| 部分 · Part | 选择题 · Choice | 开放题 · Open | 合计 · All |", "|---|---:|---:|---:|"]
    for split, questions in parts.items():
        choice = sum(question.is_choice for question in questions)
        lines.append(f"| {split} | {choice} | {len(questions) - choice} | {len(questions)} |")
    lines += ["", "## 文件 · Files", ""]
    lines += [
        "| 文件 · File | 编码 · Encoding | 格式 · Layout | 归入 · Goes to "
        "| 行 · Rows | 采用 · Taken | 剔除 · Rejected | sha256 |"
    ]
    lines += ["|---|---|---|---|---:|---:|---:|---|"]
    for item in sources:
        cells = [_cell(item[key]) for key in ("file", "encoding", "layout", "split", "rows", "taken", "rejected")]
        lines.append(f"| {' | '.join(cells)} | `{str(item['sha256'])[:12]}` |")
    left = [(item["file"], item["unused"]) for item in sources if item["unused"]]
    if left:
        lines += ["", "## 未使用的字段 · Fields not used", ""]
        lines += [
            "这些字段有内容，但没有进入数据集。 · These fields hold something that did not go into the dataset.",
            "",
        ]
        lines += [f"- {_cell(file)}: {_fields(names)}" for file, names in left]
    lines += ["", "## 剔除的行 · Rejected rows", ""]
    if not rejected:
        return "\n".join([*lines, "无 · None", ""])
    kinds = Counter(item.kind for item in rejected)
    lines += ["| 原因 · Reason | 行数 · Rows | 例 · For example |", "|---|---:|---|"]
    for reason, count in kinds.most_common():
        where = [f"{item.origin.file}:{item.origin.line}" for item in rejected if item.kind == reason]
        more = " …" if len(where) > _SHOWN else ""
        lines.append(
            f"| {_cell(reason.zh)} · {_cell(reason.en)} | {count} | {_cell(', '.join(where[:_SHOWN]))}{more} |"
        )
    lines += ["", "每一行及其原因见 `rejected.jsonl` · Every row with its reason stands in `rejected.jsonl`.", ""]
    return "\n".join(lines)


def _fields(names: object) -> str:
    return ", ".join(f"`{_cell(name)}`" for name in names) if isinstance(names, list) else ""


def _cell(value: object) -> str:
    return str(value).replace("|", "\\|").replace("\n", " ")
