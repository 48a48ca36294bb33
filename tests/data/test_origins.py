"""A row can be traced back to its raw file, through however many datasets it went; so can what is known of that file."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from studio.core.reporter import Silent
from studio.data.build import build
from studio.data.dataset_folder import SPLITS, read_rows
from studio.data.recipe import DatasetRecipe
from tests.data.test_ledger import about, fact, make


def again(folder: Path, *datasets: Path, **source: Any) -> Path:
    """Make a dataset of the rows of others."""
    sources = [{"file": str(dataset), "split": "kept", **source} for dataset in datasets]
    recipe = DatasetRecipe.model_validate({"name": "again", "sources": sources})
    build(recipe, list(datasets), folder, Silent())
    return folder


def test_a_row_of_a_dataset_of_datasets_names_its_raw_line(tmp_path: Path) -> None:
    said = {"a.jsonl": {"origin": "a hospital", "licence": "CC BY 4.0"}, "b.jsonl": {"licence": "CC BY 4.0"}}
    rows = {"a.jsonl": [fact(1), fact(2), fact(1)], "b.jsonl": [fact(3)]}
    first, _ = make(tmp_path / "1", rows, said, test=0.5)
    other, _ = make(tmp_path / "2", {"c.jsonl": [fact(9), fact(2)]}, {"c.jsonl": {"split": "train"}})
    third = again(tmp_path / "4", again(tmp_path / "3", first), other)

    def origins(folder: Path) -> dict[str, list[str]]:
        found = [row for split in SPLITS for row in read_rows(folder, split)]
        return {row.turns[0].content: [f"{o.file}:{o.line}" for o in (row.source, *row.also) if o] for row in found}

    for folder in (tmp_path / "3", third):
        kept = {asked: places for asked, places in origins(folder).items() if asked in origins(first)}
        assert all(kept[asked][: len(places)] == places for asked, places in origins(first).items() if asked in kept)
    assert origins(third)[fact(1)["question"]] == ["a.jsonl:1", "a.jsonl:3"]
    assert origins(third)[fact(9)["question"]] == ["c.jsonl:1"]
    stood = [json.loads(line) for line in (third / "rejected.jsonl").read_text().splitlines()]
    assert all(item["file"].endswith(".jsonl") and "dataset" in item["file"] for item in stood), "where it was read"


def test_the_card_keeps_what_was_said_of_the_first_files(tmp_path: Path) -> None:
    said = {"a.jsonl": {"origin": "a hospital", "licence": "CC BY 4.0"}, "b.jsonl": {"licence": "CC BY 4.0"}}
    first, _ = make(tmp_path / "1", {"a.jsonl": [fact(1), fact(2)], "b.jsonl": [fact(3)]}, said)
    second = again(tmp_path / "2", first)
    (source,) = about(again(tmp_path / "3", second))["sources"]
    assert (source["origin"], source["licence"]) == ("a hospital", "CC BY 4.0")
    (told,) = about(again(tmp_path / "4", first, licence="ours"))["sources"]
    assert (told["origin"], told["licence"]) == ("a hospital", "ours")
