"""How long a run will take, from the newest finished run like it."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import pytest

from studio.core.accelerators import hardware
from studio.core.files import write_json
from studio.core.jsonl import JsonLines
from studio.core.workspace import Workspace
from studio.runs import references
from studio.runs.directory import Run
from studio.runs.estimate import Estimate, estimate
from studio.runs.kinds import KINDS
from studio.runs.outlook import about, outlook
from studio.runs.recipes import Checked
from studio.runs.store import RunStore


@dataclass
class Told:
    """One progress event of a run that is made up: seconds after its start, and how many steps were done."""

    at: float
    done: int


@pytest.fixture
def stocked(workspace: Workspace) -> Workspace:
    """A workspace with two models and a dataset that are only looked at."""
    for name in ("small", "large"):
        (workspace.models / name).mkdir()
        write_json(workspace.models / name / "config.json", {})
    (workspace.root / "rows").mkdir()
    (workspace.root / "rows" / "train.jsonl").write_text("{}\n" * 80)
    return workspace


Finish = Callable[..., Run]
STEPS = (Told(10, 0), Told(30, 10), Told(50, 20))


def checked(workspace: Workspace, **fields: Any) -> Checked:
    values = {"kind": "train", "name": "new", "model": "small", "dataset": "rows", "epochs": 1, **fields}
    recipe = KINDS.load("train").recipe.model_validate(values)
    return Checked(recipe, references.resolve_all(workspace, recipe))


@pytest.fixture
def finish(stocked: Workspace) -> Finish:
    """Make a finished training that began at second 0 and ended at 60; of 20 steps of 8 rows in 40 seconds by default."""

    def make(name: str, told: Sequence[Told] = STEPS, began: float = 0, status: str = "finished", by: str = "", **fields: Any) -> Run:  # fmt: skip
        done = checked(stocked, name=name, **fields)
        run = RunStore(stocked).create(done.recipe, {"references": references.dump(done.resolved.references)})
        said = {"type": "progress", "total": 20, "unit": "steps"}
        for item in told:
            JsonLines(run.events_file).append({**said, "time": item.at, "done": item.done})
        write_json(run.result_file, {"status": status, "started": began, "ended": 60.0, "hardware": by or hardware()})
        run.announce()
        return run

    return make


def told(workspace: Workspace, work: float = 320, **fields: Any) -> Estimate | None:
    wanted = checked(workspace, **fields)
    return estimate(wanted.recipe, wanted.resolved, work)


def test_without_a_finished_run_nothing_is_guessed(stocked: Workspace, finish: Finish) -> None:
    assert told(stocked) is None
    finish("stopped", status="stopped")
    finish("did-nothing", told=(Told(10, 0),))
    assert told(stocked) is None


def test_the_newest_run_like_it_tells(stocked: Workspace, finish: Finish) -> None:
    finish("older", told=(Told(10, 0), Told(20, 20)))
    finish("newer")
    # 20 seconds beside the steps, and twice the 40 of as many rows again
    assert told(stocked) == Estimate(100, "newer", rough=False)
    assert told(stocked, accumulate=4) == Estimate(100, "newer", rough=False)


@pytest.mark.parametrize("other", [{"model": "large"}, {"method": "full"}, {"batch_size": 4}])
def test_a_run_that_is_not_like_it_tells_roughly_and_only_where_none_is(
    stocked: Workspace, finish: Finish, other: dict[str, Any]
) -> None:
    finish("like")
    finish("unlike", **other)
    assert told(stocked) == Estimate(100, "like", rough=False)
    found = told(stocked, **{"save_memory": True})
    assert found is not None
    assert (found.run, found.rough) == ("unlike", True)


def test_a_run_of_another_machine_tells_roughly(stocked: Workspace, finish: Finish) -> None:
    finish("elsewhere", by="NVIDIA H100")
    found = told(stocked)
    assert found is not None
    assert found.rough


def test_a_resumed_run_is_measured_by_its_last_stretch(stocked: Workspace, finish: Finish) -> None:
    finish("resumed", told=(Told(1, 0), Told(2, 18), Told(40, 18), Told(50, 20)), began=35)
    # 10 seconds for 2 steps of 8 rows, and 15 beside them
    assert told(stocked, work=32) == Estimate(35, "resumed", rough=False)


def test_a_run_over_in_a_moment_tells_of_no_long_one(stocked: Workspace, finish: Finish) -> None:
    finish("moment", told=(Told(10, 0), Told(10.1, 20)))
    assert told(stocked) is None
    assert told(stocked, work=160) == Estimate(60, "moment", rough=False)


def test_a_finished_run_is_read_once(stocked: Workspace, finish: Finish) -> None:
    run = finish("read")
    first = told(stocked)
    run.events_file.write_text("")  # which nobody does
    assert told(stocked) == first


def test_amounts_and_time_in_words(stocked: Workspace, finish: Finish) -> None:
    finish("demo-lora", told=(Told(10, 0), Told(50, 1)))
    before = outlook(checked(stocked, epochs=2))
    assert before.line.en == "80 rows × 2 epochs → 20 steps · about 14 min (at the speed of demo-lora)"
    assert before.line.zh == "80 行 × 2 轮 → 20 步 · 约 14 分钟（按上次 demo-lora 的速度）"
    rough = outlook(checked(stocked, epochs=1, max_steps=1, method="full")).line
    assert rough.en == "80 rows × 0.1 epochs → 1 step · about 1 min (roughly, by demo-lora: another model, setting or machine)"  # fmt: skip
    assert rough.zh == "80 行 × 0.1 轮 → 1 步 · 约 1 分钟（粗略估计，参照 demo-lora：模型、设置或机器不同）"


@pytest.mark.parametrize(
    ("seconds", "en"),
    [(0, "less than a minute"), (54, "less than a minute"), (56, "about 1 min"), (5340, "about 89 min"),
     (5400, "about 1 h 30 min"), (7190, "about 2 h"), (7500, "about 2 h 5 min"), (40_000, "about 11 h"),
     (35_999, "about 10 h")],
)  # fmt: skip
def test_no_more_exactly_than_it_is_known(seconds: float, en: str) -> None:
    assert about(seconds).en == en


def test_a_folder_that_is_no_dataset_any_more_has_no_outlook(stocked: Workspace) -> None:
    wanted = checked(stocked)
    write_json(stocked.root / "rows" / "dataset.json", {"record": "of another version"})
    before = outlook(wanted)
    assert (before.line.en, before.warnings) == ("", ())
