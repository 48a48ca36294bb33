"""Evaluations as runs of their own: all three ways, killed, stopped, and told what is wrong before they start."""

from __future__ import annotations

import json
import os
import shutil
import signal
import time
from collections import Counter
from collections.abc import Callable
from pathlib import Path
from typing import Any

import psutil
import pytest

from studio.core.choice import Chosen
from studio.core.errors import Fault, RecipeError
from studio.core.named_input import NamedInput
from studio.core.reporter import Silent
from studio.core.workspace import Workspace
from studio.data.records.question import Question
from studio.evaluation.evaluate import evaluate
from studio.evaluation.recipe import EvaluateRecipe
from studio.knowledge.recipe import KnowledgeRecipe
from studio.runs import launch
from studio.runs.directory import Run
from studio.runs.events import read_events
from studio.runs.recipes import faults_of
from studio.runs.references import resolve_all
from studio.runs.store import RunStore
from studio.runs.view import view

BOOK = "# Heparin\n\nProtamine sulfate reverses heparin.\n\n# Opioids\n\nNaloxone.\n\n# Warfarin\n\nVitamin K.\n"


@pytest.fixture
def stocked(workspace: Workspace, tiny_model: Path, monkeypatch: pytest.MonkeyPatch) -> Workspace:
    """A workspace with a tiny model of its own, for which one thread is enough and two only wait for each other."""
    monkeypatch.setenv("OMP_NUM_THREADS", "1")
    shutil.copytree(tiny_model, workspace.models / "tiny")
    return workspace


@pytest.fixture
def long_dataset(tmp_path: Path) -> Path:
    """A dataset whose test part takes a while: 90 open questions."""
    folder = tmp_path / "long"
    folder.mkdir()
    rows = [Question(id=f"q{number}", stem=f"What reverses drug {number}?", gold="heparin") for number in range(90)]
    (folder / "test.jsonl").write_text("".join(row.model_dump_json() + "\n" for row in rows), encoding="utf-8")
    return folder


def wait(run: Run, until: Callable[[], bool] | None = None, seconds: float = 120) -> None:
    """Wait until something holds, by default until the run is over."""
    over = until or (lambda: not run.active())
    deadline = time.monotonic() + seconds
    while not over():
        assert time.monotonic() < deadline, run.log_file.read_text(encoding="utf-8")[-3000:]
        assert until is None or run.active(), run.log_file.read_text(encoding="utf-8")[-3000:]
        time.sleep(0.05)


def answers_of(run: Run) -> list[dict[str, Any]]:
    path = run.path / "report" / "answers.jsonl"
    if not path.exists():
        return []
    return [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines() if line.endswith("}")]


def processes_of(run: Run) -> list[psutil.Process]:
    """Return the endpoint and the engines that a run's endpoint started."""
    found = []
    for process in psutil.process_iter():
        try:
            if process.environ().get("STUDIO_EVALUATION") == run.id:
                found.append(process)
        except psutil.Error:
            continue
    return found


@pytest.mark.real
def test_all_three_ways(stocked: Workspace, dataset: Path, minilm: Path) -> None:
    (stocked.models / "all-minilm-l6-v2").symlink_to(minilm)
    (stocked.root / "book.md").write_text(BOOK, encoding="utf-8")
    book = launch.start(stocked, KnowledgeRecipe(name="book", sources=["book.md"]))
    wait(book)
    assert book.status() == "finished", book.log_file.read_text(encoding="utf-8")
    recipe = EvaluateRecipe(
        name="ways", dataset=str(dataset), models=["tiny"], knowledge="book", top_k=2, max_tokens=8, concurrency=4
    )
    run = launch.start(stocked, recipe)
    wait(run)
    assert run.status() == "finished", run.log_file.read_text(encoding="utf-8")

    report = run.output("report")
    assert report is not None
    metrics = json.loads((report / "metrics.json").read_text(encoding="utf-8"))
    assert list(metrics["systems"]) == ["tiny:direct", "tiny:api", "tiny:rag"]
    assert metrics["systems"]["tiny:direct"]["likelihood"]["n"] == 2
    assert {(c["a"], c["b"]) for c in metrics["comparisons"]} == {
        ("tiny:api", "tiny:direct"),
        ("tiny:rag", "tiny:api"),
        ("tiny:rag", "tiny:direct"),
    }
    assert len(metrics["inputs"]["models.0"]["sha256"]) == 64

    details = [json.loads(line) for line in (report / "details.jsonl").read_text(encoding="utf-8").splitlines()]
    assert Counter(line["contestant"] for line in details) == {"tiny:direct": 5, "tiny:api": 5, "tiny:rag": 5}
    heparin = next(line for line in details if line["contestant"] == "tiny:rag" and line["question"] == "o1")
    assert len(heparin["passages"]) == 2 and "Protamine" in heparin["passages"][0]["content"]
    assert all(line["passages"] == [] for line in details if line["contestant"] != "tiny:rag")
    by_question = {line["question"]: line for line in details if line["contestant"] == "tiny:direct"}
    assert all(
        line["prompt"] == by_question[line["question"]]["prompt"] and line["usage"]["completion_tokens"] > 0
        for line in details
    )

    seen = view(run)
    assert (seen.progress.done, seen.progress.total, seen.progress.unit) == (15, 15, "answers")
    assert seen.metrics["tiny:rag named"] == metrics["systems"]["tiny:rag"]["named"]["value"]
    events, _ = read_events(run.events_file)
    assert [event["name"] for event in events if event["type"] == "stage"] == [*metrics["systems"], "score"]
    assert len([event for event in events if event["type"] == "metric"]) == 3
    assert (report / "table.txt").read_text(encoding="utf-8").count("tiny:") >= 3
    assert processes_of(run) == [] and not any(serve.active() for serve in RunStore(stocked).all("serve"))


def test_killed_it_asks_only_what_is_missing(stocked: Workspace, long_dataset: Path) -> None:
    recipe = EvaluateRecipe(
        name="killed", dataset=str(long_dataset), models=["tiny"], modes=["direct"], max_tokens=32, concurrency=4
    )
    run = launch.start(stocked, recipe)
    wait(run, lambda: len(answers_of(run)) >= 8)
    process = run.process()
    assert process is not None
    os.kill(process.pid, signal.SIGKILL)
    wait(run)
    assert run.status() == "crashed"
    journal = run.path / "report" / "answers.jsonl"
    before = answers_of(run)
    assert 8 <= len(before) < 90
    with journal.open("ab") as stream:
        stream.write(b'{"contestant": "tiny:direct", "question": "q2')  # as a kill in the middle of a line leaves it

    launch.resume(stocked, run)
    wait(run)
    assert run.status() == "finished", run.log_file.read_text(encoding="utf-8")
    after = answers_of(run)
    assert after[: len(before)] == before
    assert Counter(line["question"] for line in after) == {f"q{number}": 1 for number in range(90)}
    metrics = json.loads((run.path / "report" / "metrics.json").read_text(encoding="utf-8"))
    assert metrics["systems"]["tiny:direct"]["named"]["n"] == 90


def test_killed_while_it_asks_over_http(stocked: Workspace, long_dataset: Path) -> None:
    recipe = EvaluateRecipe(
        name="http", dataset=str(long_dataset), models=["tiny"], modes=["api"], limit=60, max_tokens=32, concurrency=2
    )
    run = launch.start(stocked, recipe)
    wait(run, lambda: len(answers_of(run)) >= 4)
    process = run.process()
    assert process is not None
    endpoints = [child for child in psutil.Process(process.pid).children() if "endpoint" in child.cmdline()]
    assert len(endpoints) == 1
    os.kill(process.pid, signal.SIGKILL)
    _, left = psutil.wait_procs(endpoints, timeout=20)
    assert left == []
    kept = len(answers_of(run))

    launch.resume(stocked, run)
    wait(run, lambda: len(answers_of(run)) > kept)
    run.ask_stop()
    wait(run)
    assert run.status() == "stopped"
    deadline = time.monotonic() + 15
    while processes_of(run) and time.monotonic() < deadline:
        time.sleep(0.1)
    assert processes_of(run) == []  # the engine of the endpoint that was killed is among them
    asked = Counter(line["question"] for line in answers_of(run))
    assert kept < len(asked) < 60 and set(asked.values()) == {1}


def test_faults_are_told_before_it_starts(stocked: Workspace, dataset: Path) -> None:
    def check(recipe: EvaluateRecipe) -> list[Fault]:
        return faults_of(recipe, resolve_all(stocked, recipe))

    rag = EvaluateRecipe(name="x", dataset=str(dataset), models=["tiny", "nobody"], modes=["rag"])
    assert {fault.where for fault in check(rag)} == {"models.1", "knowledge"}
    fine = EvaluateRecipe(name="x", dataset=str(dataset), models=["tiny"], modes=["direct", "api"])
    assert check(fine) == []
    stranger = stocked.root / "stranger"
    shutil.copytree(stocked.models / "tiny", stranger)
    path = EvaluateRecipe(name="x", dataset=str(dataset), models=[str(stranger)], modes=["api"])
    assert [fault.where for fault in check(path)] == ["models.0"]
    assert check(path.model_copy(update={"modes": [Chosen("direct")]})) == []
    with pytest.raises(RecipeError, match=r"models\.0"):
        launch.start(stocked, EvaluateRecipe(name="x", dataset=str(dataset), models=["nobody"], modes=["direct"]))


def test_an_empty_part_is_named(stocked: Workspace, dataset: Path) -> None:
    run = launch.start(
        stocked, EvaluateRecipe(name="val", dataset=str(dataset), models=["tiny"], modes=["direct"], split="val")
    )
    wait(run)
    assert run.status() == "failed"
    error = view(run).error
    assert error is not None and error["type"] == "InputError" and "test 5" in error["message"]
    assert "Traceback" not in run.log_file.read_text(encoding="utf-8")


def test_asking_direct_needs_no_run(stocked: Workspace, dataset: Path, tmp_path: Path) -> None:
    recipe = EvaluateRecipe(name="x", dataset="rows", models=["tiny"], modes=["direct"], max_tokens=4)
    inputs = {"dataset": NamedInput.at(dataset), "models.0": NamedInput.at(stocked.models / "tiny")}
    figures = evaluate(recipe, inputs, tmp_path / "report", stocked, Silent())
    assert "tiny:direct named" in figures
    assert (tmp_path / "report" / "report.html").exists()
    with pytest.raises(ValueError, match="over HTTP"):
        evaluate(recipe.model_copy(update={"modes": [Chosen("api")]}), inputs, tmp_path / "report", stocked, Silent())
