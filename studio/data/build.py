"""Building a dataset: every raw row is taken, or rejected with a reason and its line."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from itertools import islice
from pathlib import Path
from typing import Literal

from studio.core.errors import InputError
from studio.core.files import building, sha256_file
from studio.core.records import Question
from studio.core.records import Source as Origin
from studio.core.text import Text, both
from studio.data.card import write_dataset
from studio.data.layouts import LAYOUTS
from studio.data.layouts._layout import BadRow, Layout
from studio.data.normal import fingerprint, normal, stem_fraction
from studio.data.raw import RawRow, read_raw
from studio.data.rows import SPLITS
from studio.runs.job import Job, Outcome

_LOOKED_AT = 50
_BETWEEN_CHECKS = 2_000


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

    def split(self, question: Question) -> str:
        fraction = stem_fraction(question)
        if fraction < self.test:
            return "test"
        return "val" if fraction < self.test + self.val else "train"


@dataclass(frozen=True)
class Rejected:
    """A row that was not taken."""

    origin: Origin
    reason: Text
    row: dict[str, object]


@dataclass(frozen=True)
class _Seen:
    """Where a question stood first, the part it went to, and the answers it came with."""

    origin: Origin
    part: str
    golds: set[str]


@dataclass
class Harvest:
    """What came of the files so far."""

    parts: dict[str, list[Question]] = field(default_factory=lambda: {split: [] for split in SPLITS})
    rejected: list[Rejected] = field(default_factory=list)
    sources: list[dict[str, object]] = field(default_factory=list)
    seen: dict[str, _Seen] = field(default_factory=dict)
    ids: set[str] = field(default_factory=set)

    @property
    def rows(self) -> int:
        return sum(map(len, self.parts.values()))

    def take(self, question: Question, part: str, origin: Origin) -> None:
        """Put a question into a part.

        Raises:
            BadRow: it is there already. An open question may stand in one part with several different answers.
        """
        mark = fingerprint(question)
        first = self.seen.setdefault(mark, _Seen(origin, part, set()))
        gold = normal(question.gold + "".join(question.contexts))
        if gold in first.golds or part != first.part or (question.is_choice and first.golds):
            raise BadRow(
                Text(
                    f"the same question as {first.origin.file} line {first.origin.line}",
                    f"与 {first.origin.file} 第 {first.origin.line} 行的题目相同",
                )
            )
        first.golds.add(gold)
        if question.id in self.ids:  # two files may number their rows alike; reports must tell them apart
            question = question.model_copy(update={"id": f"{question.id}@{origin.file}:{origin.line}"})
        self.ids.add(question.id)
        self.parts[part].append(question)


def build(sources: list[Source], share: Share, limit: int | None, job: Job) -> Outcome:
    """Convert, validate, de-duplicate and split raw files; writes `dataset/` whole or not at all.

    A question that stands in several rows is taken once (the first); the others are rejected as duplicates, so
    that no test question can hide among the training rows in another width or punctuation.

    Raises:
        InputError: a file cannot be read, no layout fits it, the shares leave nothing to train on, or no row is good.
    """
    if share.val + share.test > 1:
        raise InputError(Text("val and test together are more than everything", "val 与 test 之和超过了 1"))
    harvest = Harvest()
    # Files that are test sets as a whole come first: a duplicate belongs to the test set, not to the training rows.
    for source in sorted(sources, key=lambda source: source.split != "test"):
        job.stage("read", Text(f"Reading {source.path.name}", f"读取 {source.path.name}"))
        _take(source, share, limit, harvest, job)
    if harvest.rows == 0:
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
    with building(job.path / "dataset") as folder:
        write_dataset(folder, job.run.name, harvest.parts, harvest.rejected, harvest.sources)
    counts = {split: len(questions) for split, questions in harvest.parts.items()}
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


def _take(source: Source, share: Share, limit: int | None, harvest: Harvest, job: Job) -> None:
    raw = read_raw(source.path).rows
    name, layout = _layout(source, raw)
    taken = 0
    reasons: Counter[str] = Counter()
    for number, row in enumerate(raw):
        if number % _BETWEEN_CHECKS == 0:
            job.check_stop()
            job.events.progress(number, len(raw), "rows")
        if limit is not None and taken >= limit:
            break
        origin = Origin(file=source.path.name, line=row.line)
        try:
            if row.fault is not None:
                raise BadRow(row.fault)
            question = layout.convert(row.values, origin)
            harvest.take(question, share.split(question) if source.split == "hash" else source.split, origin)
        except BadRow as bad:
            harvest.rejected.append(Rejected(origin, bad.reason, row.values))
            reasons[bad.reason.en] += 1
            continue
        taken += 1
    job.events.progress(len(raw), len(raw), "rows")
    harvest.sources.append(
        {
            "file": source.given,
            "sha256": sha256_file(source.path),
            "layout": name,
            "split": source.split,
            "rows": len(raw),
            "taken": taken,
            "rejected": sum(reasons.values()),
        }
    )


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
            None,
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
