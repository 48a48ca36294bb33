"""What a training measures goes to trackers as well, and a launcher starts its worker."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from tensorboard.backend.event_processing.event_accumulator import EventAccumulator

from studio.core.errors import UnavailableError
from studio.core.reporter import Silent
from studio.core.workspace import Workspace
from studio.runs.job import Job
from studio.training.kinds.train import run as train
from studio.training.recipe import TrainRecipe
from studio.training.tracked import tracked


def test_tensorboard_reads_what_a_training_measured(
    order: Callable[..., tuple[TrainRecipe, Job]], tmp_path: Path
) -> None:
    recipe, job = order(max_steps=3, trackers=[{"name": "tensorboard", "folder": str(tmp_path / "logs")}])
    train(recipe, job)
    events = EventAccumulator(str(tmp_path / "logs" / job.path.name)).Reload()
    assert [scalar.step for scalar in events.Scalars("loss")] == [1, 2, 3]


def test_a_folder_that_takes_nothing_ends_a_training_before_it_begins(tmp_path: Path, workspace: Workspace) -> None:
    (tmp_path / "file").touch()
    recipe = TrainRecipe(name="m", dataset="d", trackers=[{"name": "tensorboard", "folder": str(tmp_path / "file")}])  # type: ignore[list-item]
    with (
        pytest.raises(UnavailableError, match="cannot be written to"),
        tracked(Silent(), recipe.trackers, recipe, tmp_path),
    ):
        pass


def test_what_is_measured_reaches_both(tmp_path: Path) -> None:
    class Kept(Silent):
        def metric(self, step: int, values: Any) -> None:
            seen.append((step, dict(values)))

    seen: list[Any] = []
    recipe = TrainRecipe(name="m", dataset="d")
    with tracked(Kept(), recipe.trackers, recipe, tmp_path) as report:
        report.metric(1, {"loss": 2.0})
    assert seen == [(1, {"loss": 2.0})]
