from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from studio.core.errors import InputError
from studio.core.reporter import Silent
from studio.data.build import build
from studio.data.dataset_folder import read_rows
from studio.data.ladder import require_rows, subset, training_rows
from studio.data.recipe import DatasetRecipe
from studio.data.records.question import Question
from studio.data.source_file import SourceFile
from tests.data.test_families import Made, facts

ROWS = [Question(id=str(n), stem=f"What is fact {n // 2}?", gold=f"It is {n}.") for n in range(30)]


@settings(max_examples=30, deadline=None)
@given(st.integers(0, 30), st.integers(0, 30), st.integers(0, 5), st.randoms(use_true_random=False))
def test_subsets_nest_whatever_the_order_of_the_rows(one: int, other: int, seed: int, random: Any) -> None:
    few, many = sorted((one, other))
    shuffled = random.sample(ROWS, len(ROWS))
    small, large = subset(ROWS, few, seed), subset(shuffled, many, seed)
    assert (len(small), len(large)) == (few, many)
    assert {row.id for row in small} <= {row.id for row in large}
    assert [int(row.id) for row in small] == sorted(int(row.id) for row in small)


def test_subsets_differ_by_the_datasets_seed(tmp_path: Path) -> None:
    made = []
    (tmp_path / "a.jsonl").write_text("".join(row.model_dump_json(include={"stem", "gold"}) + "\n" for row in ROWS))
    for seed in (1, 2):
        recipe = DatasetRecipe(name="d", sources=[SourceFile(file="a.jsonl")], val=0, test=0, seed=seed, ladder=[20, 5])
        build(recipe, [tmp_path / "a.jsonl"], tmp_path / str(seed), Silent())
        made.append({row.id for row in training_rows(tmp_path / str(seed), 5)})
        assert len(training_rows(tmp_path / str(seed))) == len(read_rows(tmp_path / str(seed), "train")) == 30
    assert made[0] != made[1]
    with pytest.raises(InputError, match="31 training rows are asked for, and the dataset has 30"):
        require_rows(tmp_path / "1", 31)


def test_the_ladder_stands_in_the_dataset_and_leaves_validation_and_test_alone() -> None:
    made = Made(facts(40), val=4, test=6, ladder=[20, 10, 20])
    assert made.about["split"]["ladder"] == [10, 20]
    assert made.sizes == [30, 4, 6]
    assert "Subsets of the training split, each part of the next: 10 ⊂ 20 rows." in made.card
