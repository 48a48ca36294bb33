"""A training's plan: its rows as tokens and what was settled for them, written into the run before the first step.

A resumed training reads its rows from here and needs neither the dataset nor its name.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from studio.core.files import building, read_json, sha256_file, write_json
from studio.models.facts import ModelFacts
from studio.training.methods import METHODS
from studio.training.objectives.base import LearnedRows
from studio.training.recipe import TrainRecipe

if TYPE_CHECKING:
    from datasets import Dataset

FOLDER = "plan"
FILE = "plan.json"
_SPLITS = ("train", "val")
_LENGTH = "_tokens"  # columns of our own beside the rows'
_ID = "_id"


@dataclass(frozen=True)
class Plan:
    """What was settled before the first step.

    Args:
        of: the digest of what decides the rows: dataset, model, template, objective, lengths, seed.
        rows: in each part.
        tokens: of the rows to learn from, each once.
        longest: tokens of the longest of them.
        steps: optimizer steps of the whole training.
        precision: the number format that it computes in.
        ends: the ids at which an answer ends.
        parameters: of the model that it begins as.
        trainable: how many weights learn; None where the method does not say.
        sha256: of the file of each part that has rows.
    """

    of: str
    rows: Mapping[str, int]
    tokens: int
    longest: int
    steps: int
    precision: str
    ends: tuple[int, ...]
    parameters: int
    trainable: int | None
    sha256: Mapping[str, str]


def digest(recipe: TrainRecipe, dataset: Path, model: Path, template: str) -> str:
    """Return what tells whether rows that were written down are those that a recipe asks for."""
    told = [str(dataset), str(model), template, recipe.objective.dump(), recipe.max_length, recipe.rows, recipe.seed]
    return hashlib.sha256(json.dumps(told, sort_keys=True).encode()).hexdigest()[:32]


def trainable(recipe: TrainRecipe, facts: ModelFacts) -> int | None:
    """Return how many weights learn; None where the method, or a model packed in ways that hide it, does not say."""
    learns = METHODS.load(recipe.method.name).learns
    return (learns(facts, recipe.method.options) or None) if learns is not None else None


def share(learning: int, whole: int) -> float:
    """Return how much of a model learns, adapters counted as part of it, in per cent to three figures.

    >>> share(8_800_000, 3_094_739_968)
    0.284
    """
    return float(f"{100 * learning / max(1, whole):.3g}")


def write(run: Path, rows: LearnedRows, **settled: Any) -> Plan:
    """Write rows and plan into a run, whole or not at all.

    Args:
        settled: the fields of the plan that its rows do not tell.
    """
    with building(run / FOLDER) as scratch:
        held = {"train": rows.train, "val": rows.val}
        sums = {split: _write_rows(scratch, split, held[split], rows) for split in _SPLITS if held[split]}
        counts = {split: len(held[split]) for split in _SPLITS}
        plan = Plan(rows=counts, tokens=sum(rows.lengths), longest=max(rows.lengths), sha256=sums, **settled)
        write_json(scratch / FILE, asdict(plan))
    return plan


def read(run: Path, of: str) -> LearnedRows | None:
    """Return the rows that a run wrote down, on the disk still; None where there are none of that digest, or damaged ones."""
    from datasets import Dataset

    held: Any = read_json(run / FOLDER / FILE) or {}
    sums = held.get("sha256")
    if held.get("of") != of or not isinstance(sums, dict) or "train" not in sums:
        return None
    files = {split: _file(run / FOLDER, split) for split in sums}
    if any(not file.is_file() or sha256_file(file) != sums[split] for split, file in files.items()):
        return None
    found: dict[str, Dataset] = {split: Dataset.from_file(str(file)) for split, file in files.items()}
    lengths: list[int] = list(found["train"][_LENGTH])
    ids: list[str] = list(found["train"][_ID]) if _ID in found["train"].column_names else []
    ours = [name for name in (_LENGTH, _ID) if name in found["train"].column_names]
    return LearnedRows(found["train"].remove_columns(ours), found.get("val", []), lengths, ids)


def _write_rows(folder: Path, split: str, rows: Sequence[Mapping[str, Any]], learned: LearnedRows) -> str:
    import pyarrow as pa

    table = pa.Table.from_pylist(list(rows))
    if split == "train":
        table = table.append_column(_LENGTH, pa.array(learned.lengths, pa.int64()))
        if learned.ids:
            table = table.append_column(_ID, pa.array(learned.ids, pa.string()))
    file = _file(folder, split)
    with pa.OSFile(str(file), "wb") as sink, pa.ipc.new_stream(sink, table.schema) as stream:
        stream.write_table(table)
    return sha256_file(file)


def _file(folder: Path, split: str) -> Path:
    return folder / f"{split}.arrow"
