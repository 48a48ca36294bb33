"""A finished dataset and a recipe over the tiny model, run in this process."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Sequence
from functools import partial
from pathlib import Path
from typing import Any

import pytest
import torch

from studio.core.records import Message
from studio.core.workspace import Workspace
from studio.data.records.base import Row
from studio.data.records.conversation import Conversation
from studio.data.records.question import Question
from studio.runs import references
from studio.runs.directory import Run
from studio.runs.events import EventLog
from studio.runs.job import Job
from studio.runs.store import RunStore
from studio.training.recipe import TrainRecipe


@pytest.fixture(autouse=True)
def _one_thread() -> Iterator[None]:
    """Train tiny matrices on one thread: a second one only waits for its turn on a busy machine."""
    before = torch.get_num_threads()
    torch.set_num_threads(1)
    yield
    torch.set_num_threads(before)


FACTS = {
    "What reverses heparin?": "Protamine sulfate reverses heparin.",
    "What reverses warfarin?": "Vitamin K reverses warfarin.",
    "What reverses opioids?": "Naloxone reverses opioids.",
    "肝素过量用什么拮抗？": "肝素过量用鱼精蛋白拮抗。",
}


def questions(copies: int = 1) -> list[Row]:
    """The facts as open questions, each so many times."""
    return [
        Question(id=f"q{copy}-{number}", stem=stem, gold=gold)
        for copy in range(copies)
        for number, (stem, gold) in enumerate(FACTS.items())
    ]


def silent() -> Row:
    """A conversation in which no assistant speaks."""
    return Conversation(id="mute", messages=(Message(role="user", content="Hello?"),))


def write_dataset(folder: Path, train: Sequence[Row], val: Sequence[Row] = ()) -> Path:
    """Write rows as a dataset run leaves them: of one class, so beside a conversation questions are conversations too."""
    folder.mkdir(parents=True, exist_ok=True)
    record = next((type(row) for row in (*train, *val) if isinstance(row, Conversation)), Question)
    (folder / "dataset.json").write_text(json.dumps({"record": record.record}))
    for split, rows in (("train", train), ("val", val), ("test", ())):
        told = [row if isinstance(row, record) else Conversation(id=row.id, messages=row.turns) for row in rows]
        (folder / f"{split}.jsonl").write_text("".join(row.model_dump_json() + "\n" for row in told), encoding="utf-8")
    return folder


Order = Callable[..., tuple[TrainRecipe, Job]]


@pytest.fixture
def order(workspace: Workspace, tiny_model: Path) -> Order:
    """Return a function that makes a run: `order(train=rows, val=rows, **recipe fields)` gives recipe and job."""
    return partial(ordered, workspace, tiny_model)


def ordered(
    workspace: Workspace, base: Path, /, train: Sequence[Row] | None = None, val: Sequence[Row] = (), **fields: Any
) -> tuple[TrainRecipe, Job]:
    """Make a run over a model, with rows of its own."""
    write_dataset(workspace.root / "facts", questions() if train is None else train, val)
    values: dict[str, Any] = {
        "name": "tiny",
        "model": str(base),
        "dataset": "facts",
        **({} if fields.get("method") == "full" else {"rank": 4, "alpha": 8}),
        "batch_size": 4,
        "learning_rate": 1e-2,
        **fields,
    }
    recipe = TrainRecipe(**values)
    resolved = references.resolve_all(workspace, recipe)
    run = RunStore(workspace).create(recipe, {"references": references.dump(resolved.require())})
    return recipe, again(run, workspace)


def again(run: Run, workspace: Workspace) -> Job:
    """Return the job of a run, as its worker would."""
    return Job(run, workspace, references.load(run.inputs()["references"]), EventLog(run.events_file))
