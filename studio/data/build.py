"""Building a dataset: every raw row is taken, or rejected with a reason and its line."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from pathlib import Path

from studio.core.errors import InputError
from studio.core.files import building, sha256_file
from studio.core.reporter import Reporter
from studio.core.text import Text
from studio.data.card import write_dataset
from studio.data.deduplicate import Deduplicator, SourceRow
from studio.data.detect import detect
from studio.data.layouts import LAYOUTS
from studio.data.layouts.base import BadRow, WatchedRow
from studio.data.normal import split_fraction
from studio.data.raw import read_raw
from studio.data.recipe import DatasetRecipe
from studio.data.records.base import Row, RowOrigin

_BETWEEN_CHECKS = 2_000
_NOTHING: tuple[object, ...] = (None, "", [], {})


def build(recipe: DatasetRecipe, files: Sequence[Path], folder: Path, report: Reporter) -> dict[str, float]:
    """Convert, validate, de-duplicate and split raw files.

    A question that stands in several rows of a part is taken once (the first); the others are rejected as duplicates.
    A question of the test part is in no other, whatever its width, punctuation or options.

    Args:
        recipe: says how each file is read, and which part its rows go to.
        files: where the recipe's sources lie, one a source.
        folder: the dataset's, written whole or not at all.
        report: told how far it is, and asks to stop.

    Returns:
        `rows` taken and `rejected`, and the rows of each part.

    Raises:
        InputError: a file cannot be read, no layout fits it, the shares are more than the whole, or no row is good.
        Stopped: somebody asked; nothing is written.
    """
    recipe.require_consistent()
    deduplicator = Deduplicator()
    about: list[dict[str, object]] = []
    for number, file in enumerate(files):
        report.stage("read", Text(f"Reading {file.name}", f"读取 {file.name}"))
        about.append(_take(number, file, recipe, deduplicator, report))
    deduplicator.separate_splits()
    if deduplicator.record is None:
        first = deduplicator.rejected[0]
        where = f"{first.origin.file} line {first.origin.line}"
        raise InputError(
            Text(
                f"none of {len(deduplicator.rejected)} rows can be used; the first: {first.reason.en}",
                f"{len(deduplicator.rejected)} 行中没有一行可用；第一行的原因：{first.reason.zh}",
            ),
            Text("Choose the layout that fits, or mend the file.", "请选择合适的格式，或修正文件。"),
            where,
        )
    taken = Counter(item.source_row.file for part in deduplicator.parts.values() for item in part)
    rejected = Counter(item.source_row.file for item in deduplicator.rejected)
    for number, item in enumerate(about):
        item |= {"taken": taken[number], "rejected": rejected[number]}
    parts = {split: [item.row for item in part] for split, part in deduplicator.parts.items()}
    with building(folder) as scratch:
        write_dataset(scratch, recipe.name, deduplicator.record, parts, deduplicator.rejected, about)
    counts = {split: len(rows) for split, rows in parts.items()}
    report.notice(
        Text(
            f"{deduplicator.rows} rows taken (train {counts['train']}, val {counts['val']}, test {counts['test']}), "
            f"{len(deduplicator.rejected)} rejected",
            f"采用 {deduplicator.rows} 行（训练 {counts['train']}、验证 {counts['val']}、测试 {counts['test']}），"
            f"剔除 {len(deduplicator.rejected)} 行",
        )
    )
    metrics = {"rows": float(deduplicator.rows), "rejected": float(len(deduplicator.rejected))}
    return metrics | {split: float(count) for split, count in counts.items()}


def _take(
    number: int, file: Path, recipe: DatasetRecipe, deduplicator: Deduplicator, report: Reporter
) -> dict[str, object]:
    """Take the rows of a recipe's file of that number, and return what the card tells of the file."""
    source = recipe.sources[number]
    raw = read_raw(file)
    rows = raw.rows
    if raw.encoding != "utf-8":
        encoding = raw.encoding.upper()
        report.notice(
            Text(
                f"{file.name} was read as {encoding}; where its text looks wrong, save it as UTF-8",
                f"{file.name} 按 {encoding} 读取；如果文字显示不对，请把它另存为 UTF-8",
            )
        )
    name = detect(rows, str(file)) if source.layout == "auto" else source.layout
    layout = LAYOUTS.load(name)
    taken = 0
    filled: dict[str, None] = {}
    read: set[str] = set()
    for done, row in enumerate(rows):
        if done % _BETWEEN_CHECKS == 0:
            report.check_stop()
            report.progress(done, len(rows), "rows")
        if recipe.limit is not None and taken >= recipe.limit:
            break
        origin = RowOrigin(file=file.name, line=row.line)
        source_row = SourceRow(number, origin, row.values)
        watched = WatchedRow(row.values)
        try:
            if row.fault is not None:
                raise BadRow(row.fault)
            made = layout.convert(watched, origin)
            deduplicator.take(made, _part(made, recipe) if source.split == "hash" else source.split, source_row)
        except BadRow as bad:
            deduplicator.reject(source_row, bad)
            continue
        taken += 1
        read |= watched.read
        filled.update((key, None) for key, value in row.values.items() if key and value not in _NOTHING)
    report.progress(len(rows), len(rows), "rows")
    return {
        "file": source.file,
        "sha256": sha256_file(file),
        "encoding": raw.encoding,
        "layout": name,
        "split": source.split,
        "rows": len(rows),
        "unused": [key for key in filled if key not in read],
    }


def _part(row: Row, recipe: DatasetRecipe) -> str:
    """Return the part of a row that goes by the recipe's shares; training gets what they leave."""
    fraction = split_fraction(row)
    if fraction < recipe.test:
        return "test"
    return "val" if fraction < recipe.test + recipe.val else "train"
