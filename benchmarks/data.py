"""How fast raw rows become a dataset, beside the `datasets` library doing the bare minimum in the same run.

    python -m benchmarks.data

The reference loads the same JSONL with `datasets.load_dataset("json")`, maps every row to a prompt and an answer, and
writes it back; it neither checks rows nor finds duplicates nor splits.
"""

from __future__ import annotations

import json
import statistics
import tempfile
import time
from pathlib import Path
from typing import Any

import datasets

from studio.core.reporter import Silent
from studio.data.build import build
from studio.data.recipe import DatasetRecipe, SourceFile

ROWS = 20_000
REPEATS = 3


def write_rows(path: Path) -> None:
    """Write multiple-choice rows of the length that exam questions have."""
    stem = "A patient comes with complaint number {0} that has lasted for {0} days and rises after meals. " * 4
    with path.open("w", encoding="utf-8") as stream:
        for number in range(ROWS):
            options = {letter: f"treatment {letter} of {number}" for letter in "ABCD"}
            row = {"question": stem.format(number), "options": options, "answer_idx": "ABCD"[number % 4]}
            stream.write(json.dumps(row) + "\n")


def ours(path: Path, folder: Path) -> float:
    """Build a dataset and return the seconds it took."""
    recipe = DatasetRecipe(name="bench", sources=[SourceFile(file=path.name, layout="medqa")])
    began = time.perf_counter()
    build(recipe, [path], folder, Silent())
    return time.perf_counter() - began


def reference(path: Path, cache: Path) -> float:
    """Load, map and write with `datasets`, and return the seconds it took."""

    def convert(row: dict[str, Any]) -> dict[str, str]:
        lines = [row["question"], *(f"{letter}. {text}" for letter, text in row["options"].items())]
        return {"prompt": "\n".join(lines), "answer": row["answer_idx"]}

    began = time.perf_counter()
    rows = datasets.load_dataset("json", data_files=str(path), split="train", cache_dir=str(cache))
    rows.map(convert, remove_columns=rows.column_names).to_json(str(cache / "out.jsonl"))
    return time.perf_counter() - began


def alone() -> dict[str, float]:
    """Return how fast rows are built, for `benchmarks.turns`."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "rows.jsonl"
        write_rows(path)
        return {"rows/s": ROWS / ours(path, Path(folder) / "dataset")}


def main() -> None:
    datasets.disable_progress_bars()
    with tempfile.TemporaryDirectory() as folder:
        root = Path(folder)
        path = root / "rows.jsonl"
        write_rows(path)
        pairs = [
            (ours(path, root / f"dataset{turn}"), reference(path, root / f"cache{turn}")) for turn in range(REPEATS)
        ]
    mine, theirs = (statistics.median(times) for times in zip(*pairs, strict=True))
    print(f"dataset station: {ROWS / mine:,.0f} rows/s; datasets load + map + write: {ROWS / theirs:,.0f} rows/s")
    print(f"dataset station / datasets: {theirs / mine:.2f}x")


if __name__ == "__main__":
    main()
