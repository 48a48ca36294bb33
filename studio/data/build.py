"""Building a dataset: every raw row is taken, or rejected with a reason and its line."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from typing import Literal

from studio.core.errors import InputError
from studio.core.files import building, sha256_file
from studio.core.text import Text, both
from studio.data.card import write_dataset
from studio.data.harvest import Found, Harvest
from studio.data.layouts import LAYOUTS
from studio.data.layouts._layout import BadRow, Layout, WatchedRow
from studio.data.normal import split_fraction
from studio.data.raw import RawRow, read_raw
from studio.data.records.base import Row
from studio.data.records.base import Source as Origin
from studio.runs.job import Job, Outcome

_LOOKED_AT = 50
_BETWEEN_CHECKS = 2_000
_NOTHING: tuple[object, ...] = (None, "", [], {})


@dataclass(frozen=True)
class Source:
    """One raw file: where it is, its layout (`auto` to look), the part it goes to, and the name a user gave it."""

    path: Path
    layout: str
    split: Literal["hash", "train", "val", "test"]
    given: str


@dataclass(frozen=True)
class Share:
    """Shares of the hash-split rows; training gets the rest."""

    val: float
    test: float

    def split(self, row: Row) -> str:
        fraction = split_fraction(row)
        if fraction < self.test:
            return "test"
        return "val" if fraction < self.test + self.val else "train"


def build(sources: list[Source], share: Share, limit: int | None, job: Job) -> Outcome:
    """Convert, validate, de-duplicate and split raw files; writes `dataset/` whole or not at all.

    A question that stands in several rows of a part is taken once (the first); the others are rejected as duplicates.
    A question of the test part is in no other, whatever its width, punctuation or options.

    Raises:
        InputError: a file cannot be read, no layout fits it, the shares leave nothing to train on, or no row is good.
    """
    if share.val + share.test > 1:
        raise InputError(Text("val and test together are more than everything", "val 与 test 之和超过了 1"))
    harvest = Harvest()
    about: list[dict[str, object]] = []
    for number, source in enumerate(sources):
        job.stage("read", Text(f"Reading {source.path.name}", f"读取 {source.path.name}"))
        about.append(_take(number, source, share, limit, harvest, job))
    harvest.settle()
    if harvest.record is None:
        first = harvest.rejected[0]
        where = f"{first.origin.file} line {first.origin.line}"
        raise InputError(
            Text(
                f"none of {len(harvest.rejected)} rows can be used; the first: {first.reason.en}",
                f"{len(harvest.rejected)} 行中没有一行可用；第一行的原因：{first.reason.zh}",
            ),
            Text("Choose the layout that fits, or mend the file.", "请选择合适的格式，或修正文件。"),
            where,
        )
    taken = Counter(item.found.file for part in harvest.parts.values() for item in part)
    rejected = Counter(item.found.file for item in harvest.rejected)
    for number, item in enumerate(about):
        item |= {"taken": taken[number], "rejected": rejected[number]}
    parts = {split: [item.row for item in part] for split, part in harvest.parts.items()}
    with building(job.path / "dataset") as folder:
        write_dataset(folder, job.run.name, harvest.record, parts, harvest.rejected, about)
    counts = {split: len(rows) for split, rows in parts.items()}
    job.notice(
        Text(
            f"{harvest.rows} rows taken (train {counts['train']}, val {counts['val']}, test {counts['test']}), "
            f"{len(harvest.rejected)} rejected",
            f"采用 {harvest.rows} 行（训练 {counts['train']}、验证 {counts['val']}、测试 {counts['test']}），"
            f"剔除 {len(harvest.rejected)} 行",
        )
    )
    metrics = {"rows": float(harvest.rows), "rejected": float(len(harvest.rejected))}
    return Outcome(
        {"dataset": "dataset", "card": "dataset/card.md"}, metrics | {key: float(n) for key, n in counts.items()}
    )


def _take(file: int, source: Source, share: Share, limit: int | None, harvest: Harvest, job: Job) -> dict[str, object]:
    """Take a file's rows, and return what the card tells of the file."""
    raw = read_raw(source.path)
    rows = raw.rows
    if raw.encoding != "utf-8":
        encoding = raw.encoding.upper()
        job.notice(
            Text(
                f"{source.path.name} was read as {encoding}; where its text looks wrong, save it as UTF-8",
                f"{source.path.name} 按 {encoding} 读取；如果文字显示不对，请把它另存为 UTF-8",
            )
        )
    name, layout = _layout(source, rows)
    taken = 0
    filled: dict[str, None] = {}
    read: set[str] = set()
    for number, row in enumerate(rows):
        if number % _BETWEEN_CHECKS == 0:
            job.check_stop()
            job.events.progress(number, len(rows), "rows")
        if limit is not None and taken >= limit:
            break
        origin = Origin(file=source.path.name, line=row.line)
        found = Found(file, origin, row.values)
        watched = WatchedRow(row.values)
        try:
            if row.fault is not None:
                raise BadRow(row.fault)
            made = layout.convert(watched, origin)
            harvest.take(made, share.split(made) if source.split == "hash" else source.split, found)
        except BadRow as bad:
            harvest.reject(found, bad)
            continue
        taken += 1
        read |= watched.read
        filled.update((key, None) for key, value in row.values.items() if key and value not in _NOTHING)
    job.events.progress(len(rows), len(rows), "rows")
    return {
        "file": source.given,
        "sha256": sha256_file(source.path),
        "encoding": raw.encoding,
        "layout": name,
        "split": source.split,
        "rows": len(rows),
        "unused": [key for key in filled if key not in read],
    }


def _layout(source: Source, raw: list[RawRow]) -> tuple[str, Layout]:
    """Return the layout asked for, or the one that most of the first rows look like."""
    if source.layout != "auto":
        return source.layout, LAYOUTS.load(source.layout)
    rows = list(islice((row.values for row in raw if row.fault is None), _LOOKED_AT))
    if not rows:
        reason = raw[0].fault or both("")
        raise InputError(
            Text(
                f"none of {len(raw)} rows can be read; the first: {reason.en}",
                f"{len(raw)} 行中没有一行能读取；第一行的原因：{reason.zh}",
            ),
            Text(
                "A row is an object with fields; plain texts belong into a knowledge base.",
                "每一行应是带字段的对象；纯文本请放进知识库。",
            ),
            f"{source.path} line {raw[0].line}",
        )
    layouts = dict(sorted(LAYOUTS.all().items(), key=lambda item: item[1].order))
    votes = Counter(next((name for name in layouts if layouts[name].matches(row)), "") for row in rows)
    votes.pop("", None)
    if not votes:
        keys = ", ".join(dict.fromkeys(key for row in rows[:3] for key in row)) or "-"
        raise InputError(
            Text(f"no layout fits this file; its fields are: {keys}", f"没有合适的格式；文件的字段有：{keys}"),
            Text(f"Accepted layouts: {', '.join(layouts)}.", f"可用的格式：{'、'.join(layouts)}。"),
            str(source.path),
        )
    name = votes.most_common(1)[0][0]
    return name, layouts[name]
